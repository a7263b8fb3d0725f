"""Pictures and files to `.srec`, by whichever method takes the fewest bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from srec_engine.atomic import write_atomically
from srec_engine.codec.job import Job
from srec_engine.codec.methods import BY_PREFERENCE, Candidate, CannotHoldError, holding_method
from srec_engine.codec.methods.verbatim import kept_as_it_is
from srec_engine.codec.subject import Subject
from srec_engine.codec.verifying import Expected, verify
from srec_engine.control import CancelToken, ProgressCallback, Stage
from srec_engine.errors import SrecError, UnsupportedImageError
from srec_engine.files import copy_timestamps
from srec_engine.images.picture import VerbatimOnlyError
from srec_engine.options import EncodeOptions, Method, WithoutGain
from srec_engine.reports import ComputedBy, EncodeReport

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["EncodedImage", "encode_file", "encode_image"]


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An encoded picture in memory.

    Attributes:
        data: The whole `.srec` file.
        report: What was done.
    """

    data: bytes
    report: EncodeReport


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
    job = Job.of(options, cancel, progress)
    chosen = _chosen(job, Subject.of_image(job, image))
    return EncodedImage(chosen.candidate.data, _finished(job, chosen))


def encode_file(
    source: Path,
    destination: Path,
    options: EncodeOptions = EncodeOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> EncodeReport:
    """Encode an image file. `destination` is replaced, whole or not at all; the source is only read.

    Where nothing would be gained, and `options.without_gain` says so, nothing is written (`EncodeReport.left_alone`).

    Raises:
        UnsupportedImageError: When the file is no image, or the forced method would lose something.
        ModelError: When the model cannot be used.
        OutputError: When the result cannot be written.
        SrecError: When the source cannot be read, or was changed meanwhile.
        Cancelled: When the token was set.
    """
    job = Job.of(options, cancel, progress)
    job.tell(Stage.READING, 0.0)
    before = _state_of(source)
    data, report = _encoded_file(job, source)
    if report.left_alone:
        return report
    job.tell(Stage.WRITING, 1.0)
    if _state_of(source) not in (None, before):
        # What it is now would be in no result, and somebody may let the original go.
        raise SrecError(f"{source} was changed while it was being compressed. Nothing was written; try again.")
    with job.clock.measure("io"):
        write_atomically(destination, data, readable_like=source)
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


@dataclass(frozen=True, slots=True)
class _Chosen:
    """How something is held.

    Attributes:
        candidate: The way, with the whole `.srec` file.
        expected: What must come back.
        gains: Whether the `.srec` is smaller than its source file; true for an image in memory, which has none.
        reason: Why it had to be that way, as a clause, or "".
    """

    candidate: Candidate
    expected: Expected
    gains: bool
    reason: str


def _encoded_file(job: Job, source: Path) -> tuple[bytes, EncodeReport]:
    """A file in the way that was asked for, or in the smallest one, verified."""
    subject = Subject.of_file(job, source)
    kept = subject.kept
    chosen = _chosen(job, subject)
    del subject  # its pixels would stay in memory beside those that verification decodes
    try:
        return chosen.candidate.data, _finished(job, chosen)
    except VerbatimOnlyError as refusal:
        if job.options.method is not None:
            raise _refused(kept.source.name, job.options.method, refusal.reason) from refusal
        candidate = kept_as_it_is(kept, kept.source.read())
        stored = _Chosen(candidate, Expected.of_kept(kept), gains=False, reason=refusal.reason)
        return candidate.data, _finished(job, stored)


def _chosen(job: Job, subject: Subject) -> _Chosen:
    """The method that was asked for, or the one that takes the fewest bytes."""
    forced = job.options.method
    candidate, reason = _smallest(job, subject) if forced is None else (_forced(job, subject, forced), "")
    gains = len(candidate.data) < subject.file_bytes
    if forced is None and not reason:
        # Where nothing is gained, its own bytes are why.
        reason = holding_method(candidate.method if gains else Method.VERBATIM).note(subject)
    if candidate.method.holds_file:
        expected = Expected.of_kept(subject.kept)
    else:
        expected = Expected.of(subject.picture, job.options.verify)
    return _Chosen(candidate, expected, gains, reason)


def _forced(job: Job, subject: Subject, name: Method) -> Candidate:
    method = holding_method(name)
    refusal = method.refusal(subject)
    try:
        if refusal:
            raise CannotHoldError(refusal)
        return method.encode(job, subject, math.inf)
    except CannotHoldError as reason:
        raise _refused(subject.name, name, str(reason)) from reason


def _refused(name: str, method: Method, reason: str) -> UnsupportedImageError:
    return UnsupportedImageError(
        f"{name} cannot be held by the method {method.value}: {reason}. Let the method be chosen, or, for a file that "
        "shall be kept as it is, choose verbatim."
    )


def _smallest(job: Job, subject: Subject) -> tuple[Candidate, str]:
    """The smallest of all ways, and where it is the only one, why."""
    best: Candidate | None = None
    fallback = refusal = ""
    able = 0
    for name in BY_PREFERENCE:
        method = holding_method(name)
        if not method.concerns(subject):
            continue
        reason = method.refusal(subject)
        rival = math.inf if best is None else len(best.data)
        if not reason and method.least_bytes(subject) <= min(rival, subject.file_bytes):
            try:
                candidate = method.encode(job, subject, rival)
            except CannotHoldError as error:
                reason = str(error)
            else:
                fallback = fallback or candidate.computed.fallback
                best = candidate if len(candidate.data) < rival else best
        able += not reason
        refusal = reason or refusal
    if best is None:
        raise UnsupportedImageError(f"{subject.name} cannot be held: {refusal}. Convert it first.")
    if best.computed.fallback != fallback:
        # That a device failed is worth saying also where nothing of its work was kept.
        best = replace(best, computed=ComputedBy(fallback=fallback))
    return best, refusal if able == 1 and best.method is Method.VERBATIM else ""


def _finished(job: Job, chosen: _Chosen) -> EncodeReport:
    """Verify where that was asked for, or has to be, and sum up."""
    candidate, expected, options = chosen.candidate, chosen.expected, job.options
    leaves = options.without_gain is WithoutGain.LEAVE and options.method is None
    left_alone = leaves and not chosen.gains
    computed = candidate.computed
    verified = not left_alone and (options.verify or holding_method(candidate.method).is_doubted)
    if verified:
        with job.clock.measure("verify"):
            failed = verify(candidate.data, expected, computed.kernel, options.codec, job.cancel, job.advance_verifying)
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
        verified=verified,
        note=chosen.reason if left_alone else _note(chosen),
        left_alone=left_alone,
    )


def _note(chosen: _Chosen) -> str:
    is_stored = chosen.candidate.method is Method.VERBATIM
    return f"stored as it was: {chosen.reason}" if is_stored and chosen.reason else chosen.reason
