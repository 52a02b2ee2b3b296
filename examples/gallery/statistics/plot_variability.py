"""
From device to device
=====================

Any bench on samples whose parameters are scattered, and the yield of a figure of merit.
"""

from synaspice import MTJ, vary
from synaspice.characterization import sample_statistics
from synaspice.figures import plot

spread = {"tmr": "normal 5%", "resistance_area_product": "lognormal 0.1"}
merit = "resistance at state=antiparallel,voltage=0.1"
table = vary(
    MTJ.preset("ikeda2010"), "iv", spread, samples=100, seed=1, sampler="latin-hypercube", merit=merit, least=26e3
)
figure = plot(table)

# %%
# Mean, standard deviation, and the share of the samples that has at least 26 kΩ.

print(sample_statistics(table).T)
