"""
A device of one's own in thirty lines
=====================================

Equations, once: it can be simulated, characterised and exported to every simulator.
"""

from synaspice import hysteresis
from synaspice.devices import CompactModel
from synaspice.devices.language.declarations.declaration import Branch, Derived, Observable, Parameter, State
from synaspice.figures import plot


class ForgettingMemristor(CompactModel):
    """Memristor whose state is driven by the voltage and decays by itself."""

    time_scale = "filling_time"
    voltage = Branch("p", "n", "voltage across the memristor")
    conductance_off = Parameter(1e-6, "S", "conductance at x = 0", bounds=(1e-12, 1.0))
    conductance_on = Parameter(1e-4, "S", "conductance at x = 1", bounds=(1e-12, 1.0))
    rate = Parameter(1e6, "1/(V*s)", "rate of the state per volt", bounds=(1e-3, 1e12))
    decay_time = Parameter(1e-5, "s", "time constant of forgetting", bounds=(1e-12, 1e6))
    filling_time = Derived("s", "time to fill the state at 1 V")
    x = State("1", "state", bounds=(0.0, 1.0), initial=lambda s: 0.0)
    resistance = Observable("ohm", "resistance")

    @classmethod
    def equations(cls, s):
        conductance = s.conductance_off + (s.conductance_on - s.conductance_off) * s.x
        return {
            "filling_time": 1 / s.rate,
            "current": conductance * s.voltage,
            "dx/dt": s.rate * s.voltage - s.x / s.decay_time,
            "resistance": 1 / conductance,
        }


device = ForgettingMemristor()
figure = plot(hysteresis(device, amplitude=1.0, period=2e-5))

# %%
# Its netlist for ngspice begins so:

print("\n".join(device.netlist("ngspice").splitlines()[:6]))
