"""What kind of file a path is, by its content."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from srec_engine.files.formats import SREC_SUFFIX, looks_like_image

__all__ = ["FileKind", "identify"]


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
        a file named `.srec` whose first numbers fit its size; `OTHER` also for what is missing or cannot be read.
    """
    # Imported here: the container brings in numpy, and the window names results at its start without it.
    from srec_engine.container.signature import SIGNATURE_BYTES, Signature, recognise

    try:
        with path.open("rb") as file:
            first_bytes = file.read(SIGNATURE_BYTES)
            file_bytes = file.seek(0, 2)
    except OSError:
        return FileKind.OTHER
    signature = recognise(first_bytes, file_bytes)
    if signature in (Signature.SREC, Signature.MOTOROLA_SREC):
        return FileKind(signature.value)
    if looks_like_image(path.name, first_bytes):
        return FileKind.IMAGE
    if signature == Signature.ORIGINAL_SREC and path.suffix.lower() == SREC_SUFFIX:
        return FileKind.ORIGINAL_SREC
    return FileKind.OTHER
