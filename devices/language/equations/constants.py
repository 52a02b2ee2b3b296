"""Physical constants (CODATA, through SciPy) as symbols that generated code spells by name."""

from __future__ import annotations

import scipy.constants as codata
import sympy as sp

mu_0 = sp.Symbol("mu_0", positive=True)
hbar = sp.Symbol("hbar", positive=True)
q_e = sp.Symbol("q_e", positive=True)
k_B = sp.Symbol("k_B", positive=True)
m_e = sp.Symbol("m_e", positive=True)
epsilon_0 = sp.Symbol("epsilon_0", positive=True)

#: symbol -> (value, unit, description)
CONSTANTS: dict[sp.Symbol, tuple[float, str, str]] = {
    mu_0: (codata.mu_0, "N/A^2", "vacuum permeability"),
    hbar: (codata.hbar, "J*s", "reduced Planck constant"),
    q_e: (codata.e, "C", "elementary charge"),
    k_B: (codata.k, "J/K", "Boltzmann constant"),
    m_e: (codata.m_e, "kg", "electron mass"),
    epsilon_0: (codata.epsilon_0, "F/m", "vacuum permittivity"),
}
