"""What would become of a file, and why, without encoding it: the code that encoding begins with."""

from __future__ import annotations

import math
from pathlib import Path

from srec_engine.accounts import Account, Filling, PartKind
from srec_engine.codec.job import Job
from srec_engine.codec.methods import BY_PREFERENCE, CannotHoldError, HoldingMethod, holding_method
from srec_engine.codec.subject import Subject
from srec_engine.codec.verifying import Expected, verify
from srec_engine.codec.way_back import check_way_back
from srec_engine.control import CancelToken
from srec_engine.images.picture import VerbatimOnlyError
from srec_engine.images.sources import find_file
from srec_engine.options import CodecOptions, EncodeOptions, Method
from srec_engine.reports import CheckedPart, CheckReport, ComesBack

__all__ = ["check_file"]

_JOB = Job(EncodeOptions())


def check_file(source: Path, *, pixels: bool = True) -> CheckReport:
    """Tell how a file would be kept, what of it is carried, and what is not known.

    Args:
        source: The file; it is only read.
        pixels: Also read its pixels twice, and go the way back to a file, as encoding does. Without it only what the
            structure of the file tells is found, in a moment.

    Raises:
        UnsupportedImageError: When it is no image that is known, or it is too large.
        SrecError: When it cannot be read.
    """
    found = find_file(source)
    try:
        accounted = found.accounted()
        if pixels:
            check_way_back(accounted.picture(), accounted.source)
    except VerbatimOnlyError as refusal:
        return _held_file(Subject(_JOB, found=found), refusal.reason, pixels=pixels)
    account, file = accounted.account, accounted.source
    methods = tuple(
        name for name in BY_PREFERENCE if not name.holds_file and account.mode in holding_method(name).modes
    )
    exact = ComesBack.BYTES if account.filling is Filling.RASTER else ComesBack.FILE
    return CheckReport(file.name, account.format, file.size, methods, exact, _parts(account))


def _held_file(subject: Subject, reason: str, *, pixels: bool) -> CheckReport:
    """Of a file that is to come back byte for byte: a method that packs files of its kind, or its bytes."""
    kept, methods = subject.kept, [Method.VERBATIM]
    for name in BY_PREFERENCE:
        method = holding_method(name)
        if name is Method.VERBATIM or not name.holds_file or not method.concerns(subject):
            continue
        reason = method.refusal(subject) or (_found_trying(method, subject) if pixels else "")
        if not reason:
            methods = [name]
            break
    return CheckReport(
        kept.source.name, kept.source.format, kept.source.size, tuple(methods), ComesBack.BYTES, reason=reason
    )


def _found_trying(method: HoldingMethod, subject: Subject) -> str:
    """Why a file is not held in a way that it was not refused by; "" where it is."""
    try:
        candidate = method.encode(_JOB, subject, math.inf)
        verify(candidate.data, Expected.of_kept(subject.kept), "", CodecOptions(), CancelToken(), lambda *_: None)
    except VerbatimOnlyError as refusal:
        return refusal.reason
    except CannotHoldError as reason:
        return str(reason)
    return ""


def _parts(account: Account) -> tuple[CheckedPart, ...]:
    """Parts of the same class and name as one."""
    sizes: dict[tuple[PartKind, str], int] = {}
    counts: dict[tuple[PartKind, str], int] = {}
    for part in account.parts:
        key = (part.kind if part.kind in _CLASSES else PartKind.WITHOUT_MEANING, part.what)
        sizes[key] = sizes.get(key, 0) + part.size
        counts[key] = counts.get(key, 0) + 1
    return tuple(CheckedPart(_CLASSES[kind], what, counts[kind, what], size) for (kind, what), size in sizes.items())


_CLASSES = {
    PartKind.CARRIED: "carried",
    PartKind.PIXELS: "pixels",
    PartKind.PALETTE: "pixels",
    PartKind.WITHOUT_MEANING: "made again",
}
