"""The ways to hold a picture, and which of them is smallest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.background import run_cancellable
from srec_engine.container import (
    Contents,
    NetworkPayload,
    PackedMetadata,
    VerbatimPayload,
    container_bytes,
    pack_metadata,
)
from srec_engine.control import CancelToken
from srec_engine.images import (
    Picture,
    SourceFile,
    WebPEffort,
    bytes_checksum,
    network_planes,
    pixel_checksum,
    webp_contents,
    webp_encode,
)
from srec_engine.model.adaptation import Adaptation, adaptation_bytes
from srec_engine.options import Method
from srec_engine.reports import ComputedBy

if TYPE_CHECKING:
    from srec_engine.codec.payload_encoder import EncodedPayload

__all__ = [
    "Candidate",
    "estimated_webp_bytes",
    "first_webp_effort",
    "is_worth_thorough_webp",
    "network_candidate",
    "packed_metadata",
    "verbatim_candidate",
    "webp_candidate",
]

SAMPLE_SIDE = 256
"""Side of the squares that an estimate looks at."""

SAMPLE_COUNT = 16
"""Squares that an estimate looks at in a large picture."""

THOROUGH_DRAWING_PIXELS = 1 << 22
"""Up to this size lossless WebP tries drawings as thoroughly as it can."""

THOROUGH_PIXELS = 1 << 20
"""Up to this size it does so with any picture that it holds best."""

DRAWING = 1.5
"""Bits per sample of a quick WebP below which a picture counts as a drawing."""


_NOT_COMPUTED = ComputedBy()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to hold the picture.

    Attributes:
        method: Which.
        data: The whole `.srec` file.
        payload: What the network coded, where it did, without its chunks.
        computed: Where the network was computed.
    """

    method: Method
    data: bytes
    payload: EncodedPayload | None = None
    computed: ComputedBy = _NOT_COMPUTED


def packed_metadata(picture: Picture, cancel: CancelToken) -> PackedMetadata:
    """What all candidates hold of a picture's metadata; seconds for megabytes of it, so it is made once."""
    return PackedMetadata(run_cancellable(lambda: pack_metadata(picture.stored_metadata), cancel))


def network_candidate(
    picture: Picture,
    metadata: PackedMetadata,
    payload: EncodedPayload,
    model_id: bytes,
    tile_size: int,
    adaptation: Adaptation | None,
) -> Candidate:
    """The picture as the network coded it."""
    corrections = b"" if adaptation is None else adaptation_bytes(adaptation)
    network = NetworkPayload(model_id, payload.base, payload.chunks, len(payload.scales), tile_size, corrections)
    contents = Contents(
        picture.mode,
        picture.width,
        picture.height,
        network,
        pixel_checksum(picture),
        metadata,
        network_planes(picture),
    )
    # The chunks are in the file now; keeping them twice would cost a large picture a tenth of its memory.
    return Candidate(Method.SREC, container_bytes(contents), replace(payload, chunks=[]))


def webp_candidate(picture: Picture, metadata: PackedMetadata, cancel: CancelToken, effort: WebPEffort) -> Candidate:
    """The picture as lossless WebP (or a packed plane, where that is smaller)."""
    payload, planes = run_cancellable(lambda: webp_contents(picture, effort), cancel)
    contents = Contents(picture.mode, picture.width, picture.height, payload, pixel_checksum(picture), metadata, planes)
    return Candidate(Method.WEBP, container_bytes(contents))


def first_webp_effort(picture: Picture, estimate: float) -> WebPEffort:
    """How hard to try at first; the thorough search takes seconds per megapixel.

    Args:
        picture: The picture.
        estimate: From `estimated_webp_bytes`.
    """
    samples = picture.colour.size if picture.colour is not None else 1
    small = picture.width * picture.height <= THOROUGH_DRAWING_PIXELS
    return WebPEffort.THOROUGH if small and 8 * estimate / samples < DRAWING else WebPEffort.USUAL


def is_worth_thorough_webp(picture: Picture) -> bool:
    """Whether a picture that WebP holds best is small enough to be tried again, thoroughly."""
    return picture.width * picture.height <= THOROUGH_PIXELS


def verbatim_candidate(source: SourceFile, mode: str, width: int, height: int) -> Candidate:
    """The source file as it is."""
    data = source.read()
    contents = Contents(mode, width, height, VerbatimPayload(source.name, data), bytes_checksum(data))
    return Candidate(Method.VERBATIM, container_bytes(contents))


def estimated_webp_bytes(picture: Picture) -> float:
    """About what a quick lossless WebP of the colours would take; squares of a large picture stand for all."""
    if picture.colour is None:
        return 0.0
    sample = _squares(picture.colour)
    return len(webp_encode(sample, WebPEffort.FAST)) * picture.colour.size / sample.size


def _squares(colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Evenly spread squares one below the other, or the whole of a small picture."""
    height, width, _ = colour.shape
    if height * width <= SAMPLE_COUNT * SAMPLE_SIDE**2 or min(height, width) < SAMPLE_SIDE:
        return colour if height * width <= SAMPLE_COUNT * SAMPLE_SIDE**2 else colour[: max(1, (1 << 20) // width)]
    side = round(SAMPLE_COUNT**0.5)
    tops = np.linspace(0, height - SAMPLE_SIDE, side).astype(int)
    lefts = np.linspace(0, width - SAMPLE_SIDE, side).astype(int)
    return np.concatenate(
        [colour[top : top + SAMPLE_SIDE, left : left + SAMPLE_SIDE] for top in tops for left in lefts]
    )
