from .drawing import plot as plot
from .style import save as save
