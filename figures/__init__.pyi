from .drawing import plot as plot
from .explorer.page import explore as explore
from .making import make_systems as make_systems
from .report import make_report as make_report
from .schematics.drawing import schematic as schematic
from .style import save as save
