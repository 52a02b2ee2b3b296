"""Titles of publications that the lines of references leave out, by DOI in small letters.

Each was read on a page about the publication: a publisher's, an archive's or a library's, or another program's
bibliography. A title that was not read stands nowhere.
"""

from __future__ import annotations

TITLES = {
    "10.1016/0038-1101(72)90048-2": "Models for contacts to planar devices",
    "10.1016/0304-8853(96)00062-5": "Current-driven excitation of magnetic multilayers",
    "10.1016/j.physrep.2006.01.001": "Non-collinear magnetoelectronics",
    "10.1016/s0304-8853(99)00334-0": "Interlayer exchange coupling",
    "10.1038/nphys783": "Measurement of the spin-transfer-torque vector in magnetic tunnel junctions",
    "10.1038/s41598-022-14574-3": (
        "Ampere–Oersted field splitting of the nonlinear spin-torque vortex oscillator dynamics"
    ),
    "10.1038/srep10571": "Modular approach to spintronics",
    "10.1038/srep30039": "Magnetic tunnel junction mimics stochastic cortical spiking neurons",
    "10.1063/1.1450816": "Eigenfrequencies of vortex state excitations in magnetic submicron-size disks",
    "10.1063/1.3058614": (
        "High-bias backhopping in nanosecond time-domain spin-torque switches of MgO-based magnetic tunnel junctions"
    ),
    "10.1063/5.0055982": (
        "Experimental study of the series resistance effect and its impact on the compact modeling of the conduction "
        "characteristics of HfO2-based resistive switching memories"
    ),
    "10.1098/rsta.1948.0007": "A mechanism of magnetic hysteresis in heterogeneous alloys",
    "10.1103/physrevb.62.570": "Spin-current interaction with a monodomain magnetic body: A model study",
    "10.1103/physrevb.70.172405": "Boltzmann test of Slonczewski's theory of spin-transfer torque",
    "10.1103/physrevb.71.024411": "Currents, torques, and polarization factors in magnetic tunnel junctions",
    "10.1103/physrevb.80.140401": (
        "Vortex oscillations induced by spin-polarized current in a magnetic nanopillar: "
        "Analytical versus micromagnetic calculations"
    ),
    "10.1103/physrevlett.57.2442": (
        "Layered magnetic structures: evidence for antiferromagnetic coupling of Fe layers across Cr interlayers"
    ),
    "10.1109/led.2017.2768321": "Implementing p-bits with embedded MTJ",
    "10.1109/led.2017.2782752": "An artificial neuron based on a threshold switching memristor",
    "10.1109/tcad.2018.2789723": (
        "NeuroSim: A circuit-level macro model for benchmarking neuro-inspired architectures in online learning"
    ),
    "10.1109/tcsi.2013.2256171": "Three fingerprints of memristor",
    "10.1109/ted.2016.2545412": (
        "A compact model for metal-oxide resistive random access memory with experiment verification"
    ),
    "10.1143/ptp.76.576": "A soluble active rotator model showing phase transitions via mutual entrainment",
    "10.1162/neco.2007.19.10.2581": "Synaptic dynamics in analog VLSI",
    "10.1523/jneurosci.1425-06.2006": "Triplets of spikes in a model of spike timing-dependent plasticity",
    "10.3389/fnins.2013.00002": "STDP and STDP variations with memristors for spiking neuromorphic learning systems",
}
