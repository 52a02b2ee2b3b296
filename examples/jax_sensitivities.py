"""How an oscillator's amplitude depends on its parameters: gradients of a compiled simulation, for many currents."""

import jax
import jax.numpy as jnp

from synaspice.devices import AutoOscillator

jax.config.update("jax_enable_x64", True)


def main() -> None:
    oscillator = AutoOscillator(initial_power=0.05)
    functions = oscillator.to_jax()

    def power(parameters: dict, current: float) -> jax.Array:
        return functions.simulate(parameters, current, 2e-9, source="current", steps=400, points=2)["power"][-1]

    currents = oscillator.threshold_current * jnp.array([1.2, 1.5, 1.8])
    print("power:", jax.jit(jax.vmap(power, in_axes=(None, 0)))(functions.parameters, currents))
    slopes = jax.jit(jax.grad(power))(functions.parameters, float(currents[1]))
    for name in ("threshold_current", "damping_rate", "nonlinear_damping"):
        elasticity = slopes[name] * oscillator.values[name] / power({}, float(currents[1]))
        print(f"d ln(power) / d ln({name}) = {elasticity:.3f}")


if __name__ == "__main__":
    main()
