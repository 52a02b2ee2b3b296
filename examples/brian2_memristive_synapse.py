"""A memristor between two neurons of Brian 2: what a train of pulses leaves in it, and what the next neuron gets."""

import brian2 as b2

from synaspice.devices import VTEAM


def main() -> None:
    b2.prefs.codegen.target = "numpy"
    memristor = VTEAM(initial_state=0.1)
    device = memristor.to_brian2()
    step = memristor.settling_time / 100 * b2.second
    pulses = b2.TimedArray([1.0, 0.0] * 10 * b2.volt, dt=100 * step)

    before = b2.NeuronGroup(1, "v = pulses(t) : volt", namespace={"pulses": pulses}, dt=step)
    after = b2.NeuronGroup(1, "dq/dt = received : coulomb\nreceived : amp", method="euler", dt=step)
    equations = device.synapses.replace(
        "voltage : volt", "voltage = v_pre : volt\nreceived_post = current : amp (summed)"
    )
    synapse = b2.Synapses(before, after, equations, method=device.method, namespace=device.namespace, dt=step)
    synapse.connect()
    device.start(synapse)
    b2.Network(before, after, synapse).run(2000 * step)
    print(f"state from 0.1 to {synapse.x[0]:.4f}; charge of the next neuron {after.q[0] / b2.coulomb:.3e} C")


if __name__ == "__main__":
    main()
