"""What each part of a JPEG takes in the `.srec` that holds it packed. All parts add up to the file, to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from srec_engine.analysis.jpeg_bands import BAND_SCALES, MEAN_SCALE, band_of
from srec_engine.analysis.jpeg_parts import JpegPart, JpegPartKind
from srec_engine.analysis.jpeg_record import JpegRecord

__all__ = ["PackedSizes", "compared_parts"]


@dataclass(frozen=True, slots=True)
class PackedSizes:
    """Bytes of a `.srec` that holds a JPEG.

    Attributes:
        file: All of it.
        headers: What the JPEG's headers were packed to.
        streams: Of coded coefficients.
        behind: What was packed of all that is behind the picture.
    """

    file: int
    headers: int
    streams: int
    behind: int


def compared_parts(parts: Sequence[JpegPart], record: JpegRecord, sizes: PackedSizes) -> tuple[JpegPart, ...]:
    """The parts of a JPEG with what they take in the `.srec`, and what there is only in that.

    Many coefficients share a stream: each part has the share of its bits that its coefficients cost.

    Args:
        parts: As `jpeg_parts` gives them, without those that have no bits.
        record: Its coefficients.
        sizes: Of the `.srec`.

    Returns:
        What is around the picture, its channels from coarse to fine, what is behind it, and the container's own.
    """
    found = {(part.kind, part.channel, part.band): part for part in parts}
    around = (JpegPartKind.METADATA, JpegPartKind.TABLES, JpegPartKind.PIXELS, JpegPartKind.PADDING)
    listed = [part for part in parts if part.kind in around]
    listed.append(JpegPart(JpegPartKind.HEADERS, "", None, 0, 8 * sizes.headers))
    places = [(channel, scale) for scale in BAND_SCALES for channel in range(len(record.channels))]
    bits = record.band_bits()
    shares = np.array([bits[place] for place in places])
    ends = np.rint(np.cumsum(shares) * (8 * sizes.streams / max(1.0, shares.sum()))).astype(np.int64)
    for (channel, scale), packed in zip(places, np.diff(ends, prepend=0).tolist(), strict=True):
        is_mean = scale == MEAN_SCALE
        key = (
            JpegPartKind.DC if is_mean else JpegPartKind.AC,
            record.channels[channel],
            None if is_mean else band_of(scale),
        )
        part = found.get(key, JpegPart(*key, 0))
        if part.bits or packed:
            listed.append(replace(part, packed_bits=packed))
    listed += [replace(part, packed_bits=8 * sizes.behind) for part in parts if part.kind is JpegPartKind.BEHIND]
    rest = 8 * sizes.file - sum(part.packed_bits or 0 for part in listed)
    return (*listed, JpegPart(JpegPartKind.CONTAINER, "", None, 0, rest))
