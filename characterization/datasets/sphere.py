"""Sound files in the format SPHERE of the NIST, as corpora of the Linguistic Data Consortium have them.

A head of text, whose second line is its length in bytes, ``name -type value`` in each line, and samples.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray

MAGIC = b"NIST_1A\n"


def is_sphere(path: Path) -> bool:
    """Whether a file is one, by how it begins."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise ParameterError(f"cannot read {str(path)!r}: {error}") from None


def read_sphere(path: Path) -> tuple[float, FloatArray]:
    """Sampling rate [Hz] and samples, from -1 to 1, of a file of one channel whose samples are not compressed.

    Raises
    ------
    ParameterError
        If it is damaged, compressed, or has several channels.
    """
    content = path.read_bytes()
    try:
        length = int(content[len(MAGIC) : len(MAGIC) + 8])
        lines = content[:length].decode("ascii").splitlines()[2:]
        head = {parts[0]: parts[2] for parts in (line.split(maxsplit=2) for line in lines) if len(parts) == 3}
        rate, size, count = (int(head[key]) for key in ("sample_rate", "sample_n_bytes", "sample_count"))
    except (ValueError, LookupError) as error:
        raise ParameterError(f"the head of {str(path)!r} cannot be read: {error}") from None
    coding, channels = head.get("sample_coding", "pcm"), head.get("channel_count", "1")
    if coding != "pcm" or size not in (1, 2, 4) or channels != "1":
        raise ParameterError(
            f"{str(path)!r} has {channels} channels of {size} bytes as {coding!r}: only one channel of uncompressed "
            "samples (pcm) is read; 'w_decode' or 'sph2pipe' makes such a file"
        )
    order = ">" if head.get("sample_byte_format", "01").startswith("1") and size > 1 else "<"
    body = content[length : length + size * count]
    if rate <= 0 or count <= 0 or len(body) != size * count:
        raise ParameterError(f"{str(path)!r} ends before its {count} samples")
    samples = np.frombuffer(body, dtype=f"{order}i{size}")
    return float(rate), samples / float(2 ** (8 * size - 1))
