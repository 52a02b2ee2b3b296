"""One spin-torque oscillator as a reservoir tells sines from squares (Torrejon et al., Nature 547, 428, 2017)."""

import numpy as np
from reservoirpy.nodes import Ridge

from synaspice.devices import AutoOscillator


def waves(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    phase = 2 * np.pi * np.arange(8) / 8
    shapes = np.array([np.sin(phase), np.where(np.arange(8) < 4, 1.0, -1.0)])
    kinds = generator.integers(0, 2, count)
    return shapes[kinds].reshape(-1, 1), np.repeat(kinds, 8).reshape(-1, 1).astype(float)


def main() -> None:
    generator = np.random.default_rng(1)
    (inputs, kinds), (test, truth) = waves(60, generator), waves(40, generator)
    oscillator = AutoOscillator(initial_power=0.2)
    reservoir = oscillator.to_reservoirpy(24, bias=1.3e-3, amplitude=0.45e-3, node_time=0.4e-9, seed=1)
    for name, model in {"oscillator": reservoir >> Ridge(ridge=1e-8), "linear": Ridge(ridge=1e-8)}.items():
        model.fit(inputs, kinds)
        print(f"{name}: {np.mean((model.run(test) > 0.5) == (truth > 0.5)):.1%} right")


if __name__ == "__main__":
    main()
