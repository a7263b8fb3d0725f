"""Method `webp`: the picture as lossless WebP, or as a packed plane where that is smaller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from srec_engine.codec.background import run_cancellable
from srec_engine.codec.decoding import Decoding, Step
from srec_engine.codec.job import Job
from srec_engine.codec.methods.method import PREVIEW_SIDE, Candidate, HoldingMethod
from srec_engine.codec.subject import Subject
from srec_engine.container import Contents, Reader, container_bytes
from srec_engine.images.picture import pixel_checksum
from srec_engine.images.planes import picture_from_reader, webp_contents
from srec_engine.images.preview import reduced_image
from srec_engine.images.saving import to_image
from srec_engine.images.webp import WebPEffort
from srec_engine.options import Method
from srec_engine.reports import MethodWords

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["METHOD"]

_ADVANTAGE = 0.55
"""A thorough WebP never takes less than this share of a quick one's bytes, so it need not be tried on photographs."""

_GAIN = 0.98
"""The thorough search rarely takes less than this share of the usual one's bytes."""

_THOROUGH_DRAWING_PIXELS = 1 << 22
"""Up to this size lossless WebP tries drawings as thoroughly as it can."""

_THOROUGH_PIXELS = 1 << 20
"""Up to this size it does so with any picture that it holds best."""

_DRAWING = 1.5
"""Bits per sample of a quick WebP below which a picture counts as a drawing."""


class _WebP(HoldingMethod):
    words = MethodWords(
        "WebP", "Lossless WebP", "as lossless WebP", "lossless WebP holds its picture, which it does best with drawings"
    )

    def refusal(self, subject: Subject) -> str:
        return subject.refusal

    def least_bytes(self, subject: Subject) -> float:
        return _ADVANTAGE * subject.estimated_webp_bytes

    def encode(self, job: Job, subject: Subject, rival_bytes: float) -> Candidate:
        """Searched thoroughly where it is a drawing, or where WebP beats its rival and the picture is small."""
        effort = _first_effort(subject)
        found = _encoded(job, subject, effort)
        small = subject.picture.width * subject.picture.height <= _THOROUGH_PIXELS
        if effort == WebPEffort.THOROUGH or rival_bytes < _GAIN * len(found.data) or not small:
            return found
        thorough = _encoded(job, subject, WebPEffort.THOROUGH)
        return min(found, thorough, key=lambda candidate: len(candidate.data))

    def steps(self, decoding: Decoding) -> Iterator[Step]:
        picture = picture_from_reader(decoding.reader)
        damage = decoding.damage_of(picture)
        yield decoding.last_step(decoding.cropped(picture), damage)

    def preview(self, reader: Reader, max_side: int = PREVIEW_SIDE) -> Image:
        return reduced_image(to_image(picture_from_reader(reader)), max_side)

    def note(self, subject: Subject) -> str:
        coloured = subject.picture.colour is not None
        return "lossless WebP is smaller than the network's file" if coloured else ""


METHOD = _WebP()


def _first_effort(subject: Subject) -> WebPEffort:
    """How hard to try at first; the thorough search takes seconds per megapixel."""
    picture = subject.picture
    samples = picture.colour.size if picture.colour is not None else 1
    small = picture.width * picture.height <= _THOROUGH_DRAWING_PIXELS
    drawing = 8 * subject.estimated_webp_bytes / samples < _DRAWING
    return WebPEffort.THOROUGH if small and drawing else WebPEffort.USUAL


def _encoded(job: Job, subject: Subject, effort: WebPEffort) -> Candidate:
    picture, metadata = subject.picture, subject.packed_metadata
    payload, planes = run_cancellable(lambda: webp_contents(picture, effort), job.cancel)
    checksum = pixel_checksum(picture)
    contents = Contents(picture.mode, picture.width, picture.height, payload, checksum, metadata, planes)
    return Candidate(Method.WEBP, container_bytes(contents))
