from .benches.characteristics import plot as plot
from .style import save as save
