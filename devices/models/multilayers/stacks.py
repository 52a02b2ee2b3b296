"""Stacks of two and of three magnetic layers that all move."""

from __future__ import annotations

from ...language.declarations.declaration import Auxiliary
from ...language.declarations.part import Part
from ...language.declarations.placement import before
from .layer import MetalSpacer, Spacer, StackLayer
from .measured import MeasuredStack
from .stack import SHARED, stray_factors


class TwoLayerStack(MeasuredStack):
    r"""Two magnetic layers that both move: coupled free layers, a synthetic antiferromagnet, a pseudo spin valve.

    Each layer is a macrospin with energies of its own, in a common field, and both share the energy per area of the
    exchange through the spacer and of their stray fields,

    .. math::

        \dot{\mathbf m}_k &= -\gamma_0\, \mathbf m_k \times \mathbf H_k + \alpha_k\, \mathbf m_k \times
            \dot{\mathbf m}_k - \mathbf m_k \times \boldsymbol\tau_k, \qquad
        \mathbf H_k = -\frac{1}{\mu_0 M_k t_k} \frac{\partial w}{\partial \mathbf m_k} + \mathbf h_k \\
        w &= \sum_k t_k \frac{E_k}{V} - J_1\, \mathbf m_1 \cdot \mathbf m_2 - J_2\, (\mathbf m_1 \cdot \mathbf m_2)^2
            - \mathbf D \cdot (\mathbf m_1 \times \mathbf m_2)
            + \mu_0 M_1 M_2 t_1\, \mathbf m_1 \cdot \mathsf N_{12} \mathbf m_2 \\
        \frac{E}{V} &= K_u \sin^2\vartheta + K_2 \sin^4\vartheta - \frac{K_i}{t} m_z^2
            - \frac{J_b}{t} \mathbf m \cdot \mathbf u + \frac{\mu_0}{2} M_s^2\, \mathbf m \cdot \mathsf N \mathbf m
            - \mu_0 M_s\, \mathbf m \cdot \mathbf H

    with the angle :math:`\vartheta` to the anisotropy's axis :math:`\mathbf u`, a pinning :math:`J_b`, the thermal
    field :math:`\mathbf h` of each layer, and the mutual demagnetising factors :math:`\mathsf N_{12}` of
    :func:`~synaspice.devices.physics.stray_field.mutual_factors`.

    A positive current flows from the first layer's contact ``p`` to that of the second: its electrons come from the
    second layer, whose polarisation pulls the first one parallel, and what the first one sends back turns the second
    away from it,

    .. math::

        \boldsymbol\tau_1 = \gamma_0 \beta_1 \epsilon_2\, \mathbf m_1 \times \mathbf m_2, \qquad
        \boldsymbol\tau_2 = -\gamma_0 \beta_2 \epsilon_1\, \mathbf m_2 \times \mathbf m_1, \qquad
        \epsilon_k = \frac{P_k}{2 (1 + \kappa \cos\theta)}, \qquad
        \beta_k = \frac{\hbar I}{\mu_0 e M_k V_k}

    so that layers without anisotropy chase each other. A layer at rest beyond the second one may polarise the current
    as well. The resistance depends on the angle :math:`\theta` between the layers: that of a barrier as
    :math:`2 (1 + T) / (2 + T + T \cos\theta)`, that of a metal as :math:`1 + T (1 - \cos\theta) / 2`, with
    :math:`T = T_0 / (1 + V^2 / V_h^2)`.

    References
    ----------
    P. Grünberg, R. Schreiber, Y. Pang, M. B. Brodsky, H. Sowers, Phys. Rev. Lett. 57, 2442 (1986),
    doi:10.1103/PhysRevLett.57.2442; J. C. Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996),
    doi:10.1016/0304-8853(96)00062-5; M. D. Stiles, J. Magn. Magn. Mater. 200, 322 (1999),
    doi:10.1016/S0304-8853(99)00334-0.
    """

    label = "Two coupled layers"
    reference = "P. Grünberg et al., Phys. Rev. Lett. 57, 2442 (1986)"
    doi = "10.1103/PhysRevLett.57.2442"

    layers, spacers = ("first", "second"), ("spacer",)

    first = Part(StackLayer, "first_", "first layer", shared=SHARED)
    spacer = Part(Spacer, "spacer_", "spacer")
    second = Part(StackLayer, "second_", "second layer", shared=SHARED)
    stray_12_x, stray_12_y, stray_12_z = stray_factors("first", "second", ("spacer",))
    with before("relative_resistance"):
        cosine_12 = Auxiliary("1", "cosine of the angle between first and second layer", report=True)


class ThreeLayerStack(MeasuredStack):
    r"""Three magnetic layers that all move: a free layer on a synthetic antiferromagnet that may give way.

    The equations are those of :class:`~synaspice.devices.TwoLayerStack`, with a second spacer between second and third
    layer, and stray fields between all of them,

    .. math::

        w = \sum_k t_k \frac{E_k}{V} + w_{12} + w_{23} + \mu_0 \sum_{k<l} M_k M_l t_k\, \mathbf m_k \cdot \mathsf N_{kl}
            \mathbf m_l, \qquad
        w_{kl} = -J_1\, \mathbf m_k \cdot \mathbf m_l - J_2\, (\mathbf m_k \cdot \mathbf m_l)^2
            - \mathbf D \cdot (\mathbf m_k \times \mathbf m_l)

    The resistances of both spacers are in series. By default the first is a barrier and the second a metal: a tunnel
    junction whose reference layer is held by the third layer through the exchange of the second spacer. What the free
    layer sends back pushes the reference layer away while the free layer is pulled towards it, so that a voltage well
    beyond the one that switches makes both switch on and on: back-hopping (the bench ``back_hopping``).

    References
    ----------
    C. Abert et al., arXiv:1702.06604 (2018), doi:10.48550/arXiv.1702.06604.
    """

    label = "Three coupled layers"
    reference = "C. Abert et al., Phys. Rev. Applied 9, 054010 (2018)"
    doi = "10.48550/arXiv.1702.06604"

    layers, spacers = ("first", "second", "third"), ("spacer", "second_spacer")

    first = Part(StackLayer, "first_", "first layer", shared=SHARED)
    spacer = Part(Spacer, "spacer_", "first spacer")
    second = Part(StackLayer, "second_", "second layer", shared=SHARED)
    second_spacer = Part(MetalSpacer, "second_spacer_", "second spacer")
    third = Part(StackLayer, "third_", "third layer", shared=SHARED)
    stray_12_x, stray_12_y, stray_12_z = stray_factors("first", "second", ("spacer",))
    stray_23_x, stray_23_y, stray_23_z = stray_factors("second", "third", ("second_spacer",))
    stray_13_x, stray_13_y, stray_13_z = stray_factors("first", "third", ("spacer", "second", "second_spacer"))
    with before("relative_resistance"):
        cosine_12 = Auxiliary("1", "cosine of the angle between first and second layer", report=True)
        cosine_23 = Auxiliary("1", "cosine of the angle between second and third layer", report=True)
