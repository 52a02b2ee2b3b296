"""A product in a crossbar of phase-change memory, now and later; aihwkit and CrossSim take the same errors."""

import numpy as np

from synaspice.devices import PhaseChangeMemory


def main() -> None:
    errors = PhaseChangeMemory.preset("joshi2020").conductance_errors()
    generator = np.random.default_rng(1)
    weights, inputs = generator.uniform(-1, 1, (64, 64)), generator.uniform(-1, 1, 64)
    pairs = errors.largest * np.maximum([weights, -weights], 0.0)  # a device for each sign
    for label, time in (("at the first read", 0.0), ("after a day", 86400.0), ("after a month", 2.6e6)):
        plus, minus = errors.sample(pairs, time, generator)
        product = (plus - minus) @ inputs / errors.largest
        print(f"{label}: error of the product {np.std(product - weights @ inputs) / np.std(weights @ inputs):.1%}")


if __name__ == "__main__":
    main()
