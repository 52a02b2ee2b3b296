from .drawing import plot as plot
from .making import make_systems as make_systems
from .style import save as save
