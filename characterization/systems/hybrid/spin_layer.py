r"""A layer of spin neurons with common inputs: its currents, its weights trained and put into walls, its readout.

Every neuron has a strip for each pixel, one for a ramp and, next to its magnet, one that is always on, the threshold.
All lines are driven, so that the spin current of a neuron is linear in their voltages,

.. math:: I_n = \sum_k w_{nk} f_k, \qquad f_k = \sum_j T_{kj} V_j

(:attr:`~synaspice.circuits.cells.spin.lateral_spin_circuit.LateralSpinCircuit.driven_transfer`), with all losses in the
channel and its lead. Weights are trained on these currents, within what a wall reaches,

.. math::

    \min_w \sum_{i,n} \ln\left[1 + e^{\mp I_n(i) / \beta I_w}\right],
    \qquad w_\mathrm{min} \le w \le w_\mathrm{max}

(minus where neuron n has to fire), and rounded to the sites of the walls. The ramp, common to all neurons and of the
lowest weight, makes them fire one after another while it falls from step to step: the one that fires most often, the
largest sum, names the image; of several, one at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from ....circuits.cells.spin.decision import PRESET_TIME, READ_TIME
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....devices.core.distributions import normal_cdf
from ....devices.language.array_checks import reals
from ....devices.language.checks import positive, whole
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray

#: Strips beside those of the pixels: the ramp's is the first, the threshold's the last one.
EXTRA = 2
#: Voltage of a pixel that is on and of the threshold; and of the preset, which lines that are on work against: what
#: they bring raises the channel's potential over the lead's resistance. [V]
VOLTAGE, PRESET_VOLTAGE = 0.03, 0.045
#: Place of the ramp in a single evaluation, over the voltage; and steps of the whole ramp.
MIDDLE, STEPS = 0.5, 8


@dataclass(frozen=True, eq=False)
class SpinLayer:
    """Circuit of every neuron, and which pixel is at which of its strips.

    Attributes
    ----------
    valve : LateralSpinValve
        The circuit.
    places : ndarray
        Strip of each pixel, shape (pixels,).
    voltage : float
        Of a line that is on. [V]
    temperature : float
        Temperature. [K]
    """

    valve: LateralSpinValve
    places: NDArray[np.int64]
    voltage: float = VOLTAGE
    temperature: float = 300.15

    @classmethod
    def suited(cls, valve: LateralSpinValve, images: FloatArray, *, temperature: float = 300.15) -> SpinLayer:
        """A layer whose pixels lie the nearer to the magnets, the more they vary in training images.

        Parameters
        ----------
        valve : LateralSpinValve
            The circuit.
        images : ndarray
            Training images, pixels from 0 to 1, shape (images, pixels).
        temperature : float
            Temperature. [K]

        Raises
        ------
        ParameterError
            If the circuit has not two inputs more than there are pixels, or the preset does not bring the magnets onto
            their hard plane against the lines of the brightest image.
        """
        pixels = reals("images", images, dimensions=2)
        if valve.inputs != pixels.shape[1] + EXTRA:
            raise ParameterError(f"{pixels.shape[1]} pixels need {pixels.shape[1] + EXTRA} inputs, not {valve.inputs}")
        spins, _ = valve.responses
        nearest = 1 + np.argsort(-spins[1:-1], kind="stable")
        places = np.empty(pixels.shape[1], dtype=np.int64)
        places[np.argsort(-pixels.std(axis=0), kind="stable")] = nearest
        made = cls(valve, places, temperature=temperature)
        brightest = made.preset_current(pixels[pixels.sum(axis=1).argmax()])
        if brightest < valve.preset_threshold:
            raise ParameterError(
                f"a preset of {PRESET_VOLTAGE:g} V brings {brightest:.3g} A to the magnet while the lines of the "
                f"brightest image are on, and it needs {valve.preset_threshold:.3g} A"
            )
        return made

    @property
    def noise_current(self) -> float:
        """Spin current that decides rightly with a probability of 84 %, by the linear theory [A]."""
        return self.valve.decision(self.temperature, PRESET_VOLTAGE, READ_TIME - PRESET_TIME).noise_current

    @property
    def range(self) -> tuple[float, float]:
        """Least and largest weight."""
        return min(self.valve.written_weights), max(self.valve.written_weights)

    def voltages(self, images: FloatArray, ramp: float = MIDDLE) -> FloatArray:
        """Voltages of all lines for images with pixels from 0 to 1, shape (images, inputs) [V]."""
        volts = np.zeros((len(images), self.valve.inputs))
        volts[:, self.places] = self.voltage * images
        volts[:, 0], volts[:, -1] = self.voltage * ramp, self.voltage
        return volts

    def features(self, images: FloatArray, ramp: float = MIDDLE) -> FloatArray:
        """Spin current per weight of each strip for images, shape (images, inputs) [A]."""
        return np.asarray(self.voltages(images, ramp) @ self.valve.driven_transfer.T)

    def currents(self, weights: FloatArray, images: FloatArray, ramp: float = MIDDLE) -> FloatArray:
        """Spin current of each neuron for images, shape (images, neurons) [A]."""
        return np.asarray(self.features(images, ramp) @ weights.T)

    def preset_current(self, image: FloatArray) -> float:
        """Spin current of the preset while the lines of an image are on, shape (pixels,) [A]."""
        volts = self.voltages(image[np.newaxis], 1.0)[0].tolist()
        return float(self.valve.spin_current([0.0] * self.valve.inputs, volts, PRESET_VOLTAGE)[1])

    def input_energy(self, images: FloatArray, ramp: float = MIDDLE, time: float = READ_TIME) -> FloatArray:
        r"""Energy that the lines deliver to one neuron in one evaluation, for each image [J].

        .. math:: E = t \sum_k \max(V_k I_k, 0)
        """
        volts = self.voltages(images, ramp)
        spins, _ = self.valve.responses
        currents = volts @ (self.valve.driven_transfer / spins[:, np.newaxis]).T
        return np.asarray(time * np.maximum(volts * currents, 0).sum(axis=1))


def train_layer(
    layer: SpinLayer,
    images: FloatArray,
    labels: NDArray[np.int64],
    *,
    classes: int = 10,
    softness: float = 2.0,
    iterations: int = 200,
) -> FloatArray:
    """Weights of a neuron for each class, between the walls' ends, shape (classes, inputs).

    Parameters
    ----------
    layer : SpinLayer
        The layer.
    images : ndarray
        Training images, shape (images, pixels).
    labels : ndarray
        Their classes, shape (images,).
    classes : int
        Number of classes.
    softness : float
        Spin current over which a decision is soft in training, beta, over the thermal width. [-]
    iterations : int
        Most iterations of the minimisation (L-BFGS-B).

    Raises
    ------
    ParameterError
        If there is not a class for each image.
    """
    whole("classes", classes, 2)
    scale = positive("softness", softness) * layer.noise_current
    if labels.shape != (len(images),) or labels.min() < 0 or labels.max() >= classes:
        raise ParameterError(f"each of {len(images)} images needs a class from 0 to {classes - 1}")
    features = layer.features(images) / scale
    wanted = (labels[:, np.newaxis] == np.arange(classes)).astype(float)
    shape = (classes, layer.valve.inputs)

    def loss(flat: FloatArray) -> tuple[float, FloatArray]:
        sums = features @ flat.reshape(shape).T
        value = np.logaddexp(0, (1 - 2 * wanted) * sums).sum()
        slope = (1 / (1 + np.exp(-sums)) - wanted).T @ features
        return float(value) / len(images), slope.ravel() / len(images)

    low, high = layer.range
    bounds = np.tile([low, high], (shape[0], shape[1], 1))
    bounds[:, 0] = low  # the ramp's strip stays erased
    start = np.zeros(shape)
    start[:, 0] = low
    solved = minimize(
        loss,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=[(float(least), float(most)) for least, most in bounds.reshape(-1, 2)],
        options={"maxiter": whole("iterations", iterations, 1)},
    )
    return np.asarray(solved.x).reshape(shape)


def at_sites(weights: FloatArray, levels: ArrayLike) -> NDArray[np.int64]:
    """Number of the nearest level for each weight: of write pulses, if the levels are those of a written wall."""
    order = np.abs(np.asarray(levels)[:, np.newaxis] - np.asarray(weights).ravel()).argmin(axis=0)
    return np.asarray(order, dtype=np.int64).reshape(np.shape(weights))


def site_weights(valve: LateralSpinValve, sites: int) -> tuple[float, ...]:
    """Weights that a wall would have with so many sites, from the erased state to the last before the far end.

    With as many as the strip has, those are :attr:`LateralSpinValve.written_weights`.
    """
    erased = valve.synapse.values["initial_state"]
    number = whole("sites", sites, 2)
    return tuple(valve.weight_at(max(count / number, erased)) for count in range(number))


def named_by_largest(currents: FloatArray) -> NDArray[np.int64]:
    """The class of the largest sum, what a ramp without noise and of infinitely many steps names."""
    return np.asarray(currents.argmax(axis=1))


def named_by_ramp(
    layer: SpinLayer,
    weights: FloatArray,
    images: FloatArray,
    width: float,
    generator: np.random.Generator,
    *,
    offset: float = 0.0,
    steps: int = STEPS,
) -> NDArray[np.int64]:
    """Classes that noisy neurons name while the ramp falls, shape (images,).

    Parameters
    ----------
    layer : SpinLayer
        The layer.
    weights : ndarray
        Weights, shape (neurons, inputs).
    images : ndarray
        Images, shape (images, pixels).
    width : float
        Thermal width of a neuron's firing [A]; 0: none.
    generator : numpy.random.Generator
        Of the noise, and of the choice among neurons that fired as often.
    offset : float
        Spin current of even odds. [A]
    steps : int
        Steps of the ramp, from the full voltage to 0.
    """
    spikes = np.zeros((len(images), len(weights)))
    for ramp in np.linspace(1.0, 0.0, whole("steps", steps, 2)):
        spikes += fired(layer.currents(weights, images, float(ramp)) - offset, width, generator)
    return np.asarray((spikes + generator.uniform(0, 0.5, spikes.shape)).argmax(axis=1))


def fired(currents: FloatArray, width: float, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Whether neurons fire at spin currents [A], each with the probability of a normal distribution's integral."""
    if not width:
        return np.asarray(currents > 0)
    return np.asarray(generator.random(currents.shape) < normal_cdf(currents / width))
