"""What is written when a `.srec` is decoded to a file, and whether that is the source still."""

from __future__ import annotations

import hashlib
import io

import numpy as np

from srec_engine.accounts import Filling, Skeleton
from srec_engine.errors import SrecError
from srec_engine.images import Picture, VerbatimOnlyError, pixel_checksum, read_picture, restored_file, write_image

__all__ = ["check_way_back", "own_file"]

_NOT_THE_SAME = "the file that would come back of its pixels would not be the same picture with all that is around it"


def own_file(picture: Picture, name: str = "The picture") -> bytes:
    """The file that a decoded picture becomes unless another format is asked for: its source again, else a PNG.

    Raises:
        DamagedFileError: When its parts do not fit each other.
        OutputError: When it cannot be written as a PNG.
    """
    if picture.skeleton is not None:
        return restored_file(picture, picture.skeleton)
    stream = io.BytesIO()
    write_image(picture, stream, "PNG", name)
    return stream.getvalue()


def check_way_back(picture: Picture, source_digest: bytes) -> None:
    """Write a decoded picture into memory as decoding would, read that file again, and compare.

    Args:
        picture: As it was decoded, its pixels known to be those of the source.
        source_digest: SHA-256 of the source file; b"" for an image that came from none.

    Raises:
        VerbatimOnlyError: When the file differs from the source in pixels or in what is around them.
    """
    try:
        data = own_file(picture)
        if source_digest and hashlib.sha256(data).digest() == source_digest:
            return
        again = read_picture(data)
        same = _is_same_picture(picture, again) and _is_same_frame(picture, again, data)
    except SrecError as error:
        raise _refusal(picture, f"{_NOT_THE_SAME} ({error})") from error
    if not same:
        raise _refusal(picture, _NOT_THE_SAME)


def _refusal(picture: Picture, reason: str) -> VerbatimOnlyError:
    return VerbatimOnlyError(reason, picture.source, picture.mode, (picture.width, picture.height))


def _is_same_picture(picture: Picture, again: Picture) -> bool:
    if picture.skeleton is not None or picture.palette is None or again.palette is None:
        return pixel_checksum(picture) == pixel_checksum(again)
    # A PNG has colours for all places that pixels name; an image in memory may have fewer.
    if picture.indices is None or again.indices is None:
        return False
    longer = again.palette.data.startswith(picture.palette.data)
    return longer and np.array_equal(picture.indices, again.indices)


def _is_same_frame(picture: Picture, again: Picture, data: bytes) -> bool:
    """Whether all that is no pixel came back."""
    if picture.skeleton is None:
        # What an image in memory brings may be what no PNG can hold; that is named when it is decoded to one.
        return all(again.metadata.get(name) == picture.metadata[name] for name in ("icc",) if name in picture.metadata)
    if again.skeleton is None or again.skeleton.format != picture.skeleton.format:
        return False
    if picture.skeleton.filling is Filling.TIFF_STRIPS:
        return _keeps_places(picture.skeleton, data)
    return again.skeleton.carried == picture.skeleton.carried


def _keeps_places(skeleton: Skeleton, data: bytes) -> bool:
    """Whether all that is carried lies where it lay."""
    start = 0
    for _, size, carried in skeleton.pieces():
        if carried and data[start : start + size] != carried:
            return False
        start += size
    return True
