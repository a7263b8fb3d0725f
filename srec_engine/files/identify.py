"""What kind of file a path is, by its content."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path

from srec_engine.errors import SourceError
from srec_engine.files.formats import SREC_SUFFIX, is_known_name, looks_like_image
from srec_engine.files.regular import require_regular_file

__all__ = ["FileKind", "identify", "is_promised"]


class FileKind(StrEnum):
    """What a file is."""

    SREC = "srec"
    IMAGE = "image"
    MOTOROLA_SREC = "motorola_srec"
    ORIGINAL_SREC = "original_srec"
    OTHER = "other"


def identify(path: Path) -> FileKind:
    """Tell what a file is from its first bytes.

    Returns:
        `IMAGE` when it begins like a format that Pillow opens; `ORIGINAL_SREC`, which has no mark of its own, only for
        a file named `.srec` whose first numbers fit its size; `OTHER` also for what is missing, cannot be read, or is
        no plain file, which is not even opened.
    """
    # Imported here: the container brings in numpy, and the window names results at its start without it.
    from srec_engine.container.signature import SIGNATURE_BYTES, Signature, recognise

    try:
        require_regular_file(path)
        with path.open("rb") as file:
            first_bytes = file.read(SIGNATURE_BYTES)
            file_bytes = file.seek(0, 2)
    except (OSError, SourceError):
        return FileKind.OTHER
    signature = recognise(first_bytes, file_bytes)
    if signature in (Signature.SREC, Signature.MOTOROLA_SREC):
        return FileKind(signature.value)
    if looks_like_image(path.name, first_bytes):
        return FileKind.IMAGE
    if signature == Signature.ORIGINAL_SREC and path.suffix.lower() == SREC_SUFFIX:
        return FileKind.ORIGINAL_SREC
    return FileKind.OTHER


def is_promised(path: Path, kind: FileKind, wanted: Collection[FileKind]) -> bool:
    """Whether a file in a folder, whatever its content has turned out to be, has to be named to who wants such files.

    Args:
        path: The file.
        kind: What `identify` says it is.
        wanted: The kinds of files that are worked on.

    Returns:
        True for a file of a wanted kind, and for one that is called like such a file and cannot be told to be anything
        else: it is empty, damaged, or may not be read, and nobody should believe that it was done.
    """
    if kind in wanted:
        return True
    named_srec = path.suffix.lower() == SREC_SUFFIX
    if kind is FileKind.ORIGINAL_SREC:
        return FileKind.SREC in wanted
    return (
        kind is FileKind.OTHER
        and is_known_name(path.name)
        and (FileKind.SREC if named_srec else FileKind.IMAGE) in wanted
    )
