"""Find a junction's damping from a switching trace, by the gradient through time that PyTorch computes."""

import torch

from synaspice.devices import MTJ


def main() -> None:
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
    settings = {"drive": -1.6, "duration": 1.2e-9, "steps": 120}
    with torch.no_grad():
        measured = junction.to_torch()(**settings)["m_z"]

    module = junction.replace(damping=1.5 * junction.damping).to_torch(trainable=("damping",))
    optimizer = torch.optim.LBFGS(module.parameters(), max_iter=8, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        error = torch.mean((module(**settings)["m_z"] - measured) ** 2)
        error.backward()
        return error

    print(f"start: damping {module.to_device().damping:.5f}, error {loss().item():.2e}")
    optimizer.step(loss)
    print(f"found: damping {module.to_device().damping:.5f}, error {loss().item():.2e}; true {junction.damping:.5f}")


if __name__ == "__main__":
    main()
