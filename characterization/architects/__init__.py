"""What programs of architects want to know of a device, by its own benches: cells of NVSim, synapses of NeuroSim."""
