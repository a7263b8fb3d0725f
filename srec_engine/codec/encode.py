"""Pictures to `.srec`: the network, lossless WebP or the source's own bytes, whichever is smallest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from srec_engine.atomic import write_atomically
from srec_engine.codec.candidates import (
    Candidate,
    estimated_webp_bytes,
    first_webp_effort,
    is_worth_thorough_webp,
    network_candidate,
    packed_metadata,
    verbatim_candidate,
    webp_candidate,
)
from srec_engine.codec.clock import StageClock
from srec_engine.codec.torch_libraries import load_torch_libraries
from srec_engine.codec.verifying import Expected, verify
from srec_engine.container import DEFAULT_TILE_SIZE, Geometry, PackedMetadata, is_plausible_size
from srec_engine.control import CancelToken, Progress, ProgressCallback, Stage
from srec_engine.errors import SrecError, UnsupportedImageError
from srec_engine.files import copy_timestamps
from srec_engine.images import (
    KeptFile,
    Picture,
    VerbatimOnlyError,
    WebPEffort,
    coded_colour,
    file_to_keep,
    picture_from_image,
    read_picture,
)
from srec_engine.model.store import find_model
from srec_engine.options import EncodeOptions, Method
from srec_engine.reports import ComputedBy, EncodeReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from srec_engine.codec.kept_tiles import KeptTile
    from srec_engine.codec.runtime import Runtime
    from srec_engine.model.adaptation import Adaptation

__all__ = ["EncodedImage", "encode_file", "encode_image"]

ENCODING_SHARE = 0.5
"""Share of the whole work that encoding is when verifying follows."""

NETWORK_ADVANTAGE = 0.45
"""The network never takes less than this share of a quick WebP's bytes, so a smaller source is kept without trying."""

WEBP_ADVANTAGE = 0.55
"""A thorough WebP never takes less than this share of a quick one's bytes, so it need not be tried on photographs."""

WEBP_GAIN = 0.98
"""The thorough search rarely takes less than this share of the usual one's bytes."""


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An encoded picture in memory.

    Attributes:
        data: The whole `.srec` file.
        report: What was done.
    """

    data: bytes
    report: EncodeReport


def _ignore(_progress: Progress) -> None:
    """The progress of somebody who does not listen."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What every part of one encoding needs."""

    options: EncodeOptions
    cancel: CancelToken
    progress: ProgressCallback
    clock: StageClock

    def tell(self, stage: Stage, fraction: float, scale: int | None = None, message: str = "") -> None:
        self.cancel.raise_if_cancelled()
        self.progress(Progress(stage, fraction, scale, message))

    def advance_verifying(self, share: float, scale: int) -> None:
        self.tell(Stage.VERIFYING, ENCODING_SHARE + share * (1 - ENCODING_SHARE), scale)

    @property
    def encoding_share(self) -> float:
        return ENCODING_SHARE if self.options.verify else 1.0


def _job(options: EncodeOptions, cancel: CancelToken | None, progress: ProgressCallback | None) -> _Job:
    return _Job(options, cancel or CancelToken(), progress or _ignore, StageClock())


def encode_image(
    image: Image,
    options: EncodeOptions = EncodeOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> EncodedImage:
    """Encode a Pillow image with its metadata.

    Raises:
        UnsupportedImageError: When something would be lost silently (16 bits, CMYK, several frames, …).
        ModelError: When the model cannot be used.
        Cancelled: When the token was set.
    """
    job = _job(options, cancel, progress)
    if options.method == Method.VERBATIM:
        raise UnsupportedImageError("An image in memory has no source bytes to store. Choose another method.")
    picture = picture_from_image(image)
    candidate = _smallest(job, picture)
    expected = Expected.of(picture, _is_compared(job, candidate))
    del picture
    return EncodedImage(candidate.data, _finished_report(job, candidate, expected))


def encode_file(
    source: Path,
    destination: Path,
    options: EncodeOptions = EncodeOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> EncodeReport:
    """Encode an image file. `destination` is replaced, whole or not at all; the source is only read.

    Raises:
        UnsupportedImageError: When the file is no image, or the forced method would lose something.
        ModelError: When the model cannot be used.
        OutputError: When the result cannot be written.
        SrecError: When the source cannot be read, or was changed meanwhile.
        Cancelled: When the token was set.
    """
    job = _job(options, cancel, progress)
    job.tell(Stage.READING, 0.0)
    before = _state_of(source)
    candidate, report = _encoded_file(job, source)
    job.tell(Stage.WRITING, 1.0)
    if _state_of(source) not in (None, before):
        # What it is now would be in no result, and somebody may let the original go.
        raise SrecError(f"{source} was changed while it was being compressed. Nothing was written; try again.")
    with job.clock.measure("io"):
        write_atomically(destination, candidate.data, readable_like=source)
        if options.keep_timestamps:
            copy_timestamps(source, destination)
    return replace(report, destination=destination, seconds=job.clock.elapsed, stage_seconds=dict(job.clock.seconds))


def _state_of(source: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written to or replaced; None when it is not there."""
    try:
        status = source.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _encoded_file(job: _Job, source: Path) -> tuple[Candidate, EncodeReport]:
    """A file in the way that was asked for, or in the smallest one, verified."""
    if job.options.method == Method.VERBATIM:
        return _stored(job, file_to_keep(source), "")
    try:
        picture = read_picture(source, measure=job.clock.measure)
        candidate = _smallest(job, picture)
        expected = Expected.of(picture, _is_compared(job, candidate))
        del picture  # its pixels would stay in memory beside those that verification decodes
        return candidate, _finished_report(job, candidate, expected)
    except VerbatimOnlyError as refusal:
        if job.options.method is not None or refusal.kept is None:
            raise
        return _stored(job, refusal.kept, f"stored as it was: {refusal.reason}")


def _stored(job: _Job, kept: KeptFile, note: str) -> tuple[Candidate, EncodeReport]:
    """A file's bytes."""
    candidate = verbatim_candidate(kept.source, kept.mode, kept.width, kept.height)
    return candidate, replace(_finished_report(job, candidate, Expected.of_kept(kept)), note=note)


def _smallest(job: _Job, picture: Picture) -> Candidate:
    """The candidate that was asked for, or the smallest."""
    method = job.options.method
    source = picture.source
    if method == Method.WEBP:
        return _by_webp(job, picture, packed_metadata(picture, job.cancel), estimated_webp_bytes(picture), None)
    if method == Method.SREC:
        return _readable(picture, _by_network(job, picture, packed_metadata(picture, job.cancel)))
    estimate = estimated_webp_bytes(picture)
    if source is not None and picture.colour is not None and source.size < NETWORK_ADVANTAGE * estimate:
        return verbatim_candidate(source, picture.mode, picture.width, picture.height)
    metadata = packed_metadata(picture, job.cancel)
    tried = [_by_network(job, picture, metadata)] if picture.colour is not None else []
    candidates = [candidate for candidate in tried if _is_readable(picture, candidate)]
    if not candidates or WEBP_ADVANTAGE * estimate < len(candidates[0].data):
        candidates.append(_by_webp(job, picture, metadata, estimate, candidates[0] if candidates else None))
    smallest = min(candidates, key=lambda candidate: len(candidate.data))
    if source is not None and source.size < len(smallest.data):
        stored = verbatim_candidate(source, picture.mode, picture.width, picture.height)
        smallest = min(smallest, stored, key=lambda candidate: len(candidate.data))
    if tried and smallest is not tried[0]:
        # That a device failed is worth saying also where nothing of its work was kept.
        return replace(smallest, computed=ComputedBy(fallback=tried[0].computed.fallback))
    return smallest


def _is_readable(picture: Picture, candidate: Candidate) -> bool:
    """Whether a reader would decode the network's file: a vast and nearly empty one looks as if it were hostile."""
    return is_plausible_size(picture.width, picture.height, len(candidate.data))


def _readable(picture: Picture, candidate: Candidate) -> Candidate:
    if not _is_readable(picture, candidate):
        raise UnsupportedImageError(
            f"A picture of {picture.width} x {picture.height} pixels with so little in it would make a file that is "
            "refused as hostile when it is decoded. Let the method be chosen (auto), or choose webp."
        )
    return candidate


def _by_webp(
    job: _Job, picture: Picture, metadata: PackedMetadata, estimate: float, rival: Candidate | None
) -> Candidate:
    """The picture as WebP, searched thoroughly where it is a drawing, or where WebP beats its rival and it is small."""
    effort = first_webp_effort(picture, estimate)
    found = webp_candidate(picture, metadata, job.cancel, effort)
    beaten = rival is not None and len(rival.data) < WEBP_GAIN * len(found.data)
    if effort == WebPEffort.THOROUGH or beaten or not is_worth_thorough_webp(picture):
        return found
    thorough = webp_candidate(picture, metadata, job.cancel, WebPEffort.THOROUGH)
    return min(found, thorough, key=lambda candidate: len(candidate.data))


def _by_network(job: _Job, picture: Picture, metadata: PackedMetadata) -> Candidate:
    if picture.colour is None:
        raise UnsupportedImageError(
            f"A picture of mode {picture.mode} has no colours for the network. Let the method be chosen (auto)."
        )
    load_torch_libraries()
    from srec_engine.codec.payload_encoder import encode_payload

    runtime, colour = _runtime(job), coded_colour(picture.colour)
    geometry = Geometry(picture.width, picture.height, runtime.model.configuration.scales, DEFAULT_TILE_SIZE)

    def advance(share: float, scale: int) -> None:
        job.tell(Stage.ENCODING, share * job.encoding_share, scale)

    adaptation, kept = _adaptation(job, runtime, colour, geometry)
    runtime = runtime.adapted(adaptation)
    payload = encode_payload(runtime, colour, geometry, kept, job.cancel, advance, job.clock)
    candidate = network_candidate(picture, metadata, payload, runtime.model_id, geometry.tile_size, adaptation)
    return replace(candidate, computed=runtime.processor.report())


def _adaptation(
    job: _Job, runtime: Runtime, colour: NDArray[np.uint8], geometry: Geometry
) -> tuple[Adaptation | None, dict[int, KeptTile]]:
    from srec_engine.codec.adapting import find_adaptation

    if not job.options.adaptation:
        return None, {}
    return find_adaptation(runtime, colour, geometry, job.cancel, job.clock)


def _runtime(job: _Job) -> Runtime:
    job.tell(Stage.PREPARING, 0.0)
    from srec_engine.codec.runtime import load_runtime  # brings in torch

    def message(text: str) -> None:
        job.tell(Stage.PREPARING, 0.0, message=text)

    with job.clock.measure("preparing"):
        return load_runtime(find_model(job.options.model), job.options.codec, message)


def _is_compared(job: _Job, candidate: Candidate) -> bool:
    """Whether pixels are compared: a source that was kept is compared byte by byte."""
    return job.options.verify and candidate.method != Method.VERBATIM


def _finished_report(job: _Job, candidate: Candidate, expected: Expected) -> EncodeReport:
    """Verify where that was asked for, and sum up."""
    computed = candidate.computed
    if job.options.verify:
        with job.clock.measure("verify"):
            failed = verify(
                candidate.data, expected, computed.kernel, job.options.codec, job.cancel, job.advance_verifying
            )
        computed = replace(computed, fallback=computed.fallback or failed)
    payload = candidate.payload
    return EncodeReport(
        None,
        expected.width,
        expected.height,
        candidate.method,
        expected.source_bytes,
        len(candidate.data),
        payload.scales if payload else (),
        payload.model_bits if payload else (),
        job.clock.elapsed,
        dict(job.clock.seconds),
        computed.device,
        computed.kernel,
        fallback=computed.fallback,
        verified=job.options.verify,
        note=_note(candidate.method, expected) if job.options.method is None else "",
    )


def _note(method: Method, expected: Expected) -> str:
    """Why the method was chosen, where it is not the network."""
    if method == Method.VERBATIM:
        return (
            f"stored as it was: the {expected.source.format if expected.source else 'file'} is smaller than its pixels"
        )
    if method == Method.WEBP and expected.has_colour:
        return "lossless WebP is smaller than the network's file"
    return ""
