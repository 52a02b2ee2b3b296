"""What is known of a device in closed form, written out here and not taken from the model."""

from __future__ import annotations

import scipy.constants as codata


def anisotropy_field_by_hand(junction):
    """H_k = 2 K_i / (mu0 M_s t) - M_s (N_z - N_x) of a round perpendicular junction."""
    m_s = junction.saturation_magnetization
    interface = 2 * junction.interfacial_anisotropy / (codata.mu_0 * m_s * junction.free_layer_thickness)
    return interface - m_s * (junction.demagnetizing_factor_z - junction.demagnetizing_factor_x)


def efficiency_by_hand(junction, cosine):
    """Efficiency of the torque of equal layers: P / 2 (1 + P_r P_f c), or P L^2 / [(L^2 + 1) + (L^2 - 1) c]."""
    if junction.torque == "tunnelling":
        product = junction.tmr / (2 + junction.tmr)  # Julliere
        return junction.polarization_reference / (2 * (1 + product * cosine))
    square = junction.asymmetry_reference**2
    return junction.polarization_reference * square / ((square + 1) + (square - 1) * cosine)
