"""What would become of a file, and why, without encoding it: the code that encoding begins with."""

from __future__ import annotations

from pathlib import Path

from srec_engine.accounts import Account, Filling, PartKind
from srec_engine.codec.way_back import check_way_back
from srec_engine.images import VerbatimOnlyError, account_for
from srec_engine.options import Method
from srec_engine.reports import CheckedPart, CheckReport, ComesBack

__all__ = ["check_file"]

_COLOUR_MODES = frozenset(["L", "LA", "RGB", "RGBA"])


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
    try:
        accounted = account_for(source)
        if pixels:
            check_way_back(accounted.picture(), accounted.source)
    except VerbatimOnlyError as refusal:
        kept = refusal.kept
        if kept is None:
            raise
        return CheckReport(
            kept.source.name,
            kept.source.format,
            kept.source.size,
            (Method.VERBATIM,),
            ComesBack.BYTES,
            reason=refusal.reason,
        )
    account, file = accounted.account, accounted.source
    methods = (Method.SREC, Method.WEBP) if account.mode in _COLOUR_MODES else (Method.WEBP,)
    exact = ComesBack.BYTES if account.filling is Filling.RASTER else ComesBack.FILE
    return CheckReport(file.name, account.format, file.size, methods, exact, _parts(account))


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
