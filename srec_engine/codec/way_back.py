"""What is written when a `.srec` is decoded to a file, and whether that is the source still."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

from srec_engine.accounts import Filling, Skeleton
from srec_engine.errors import SrecError
from srec_engine.images.picture import Picture, SourceFile, VerbatimOnlyError, pixel_checksum
from srec_engine.images.restoring import FileBytes, restored_file
from srec_engine.images.saving import write_image
from srec_engine.images.sources import read_picture

__all__ = ["WrittenFile", "check_way_back", "own_file"]

_NOT_THE_SAME = "the file that would come back of its pixels would not be the same picture with all that is around it"


def own_file(picture: Picture, name: str = "The picture", *, quickly: bool = False) -> FileBytes:
    """The file that a decoded picture becomes unless another format is asked for: its source again, else a PNG.

    Args:
        picture: The picture.
        name: Names it in messages.
        quickly: Pack less tightly, for a file that nobody keeps: how tightly says nothing about what is packed.

    Raises:
        DamagedFileError: When its parts do not fit each other.
        OutputError: When it cannot be written as a PNG.
    """
    if picture.skeleton is not None:
        return restored_file(picture, picture.skeleton, quickly=quickly)
    stream = io.BytesIO()
    write_image(picture, stream, "PNG", name)
    return stream.getvalue()


def check_way_back(picture: Picture, source: SourceFile | None) -> None:
    """Write a decoded picture into memory as decoding would, read that file again, and compare.

    Args:
        picture: As it was decoded, its pixels known to be those of the source.
        source: The file that it came from; None for an image in memory.

    Raises:
        VerbatimOnlyError: When the file differs from the source in pixels or in what is around them.
    """
    written = WrittenFile.of(picture, source)
    del picture  # a caller that drops it as well has room for the pixels that are read now
    written.check()


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """The file that a picture became, and what is expected of it.

    Attributes:
        data: The file; b"" where it could not be written.
        mode, size: Of the picture.
        checksum: Of its pixels.
        metadata: What of it a PNG has to hold.
        skeleton: Of the source file, or None.
        source: That file, or None.
    """

    data: FileBytes
    mode: str
    size: tuple[int, int]
    checksum: bytes
    metadata: Mapping[str, bytes]
    skeleton: Skeleton | None
    source: SourceFile | None

    @classmethod
    def of(cls, picture: Picture, source: SourceFile | None) -> WrittenFile:
        """Write a picture into memory."""
        try:
            data: FileBytes = own_file(picture, quickly=True)
        except SrecError:
            data = b""
        return cls(
            data,
            picture.mode,
            (picture.width, picture.height),
            pixel_checksum(_compared(picture)),
            {name: picture.metadata[name] for name in ("icc",) if name in picture.metadata},
            picture.skeleton,
            source,
        )

    def check(self) -> None:
        """Read the file and compare.

        Raises:
            VerbatimOnlyError: When it is not what it should be.
        """
        if self.source is not None and hashlib.sha256(self.data).digest() == self.source.digest:
            return
        try:
            again = read_picture(bytes(self.data), twice=False)
            same = self._is_same_picture(again) and self._is_same_frame(again)
        except SrecError as error:
            raise self._refusal() from error
        if not same:
            raise self._refusal()

    def _refusal(self) -> VerbatimOnlyError:
        return VerbatimOnlyError(_NOT_THE_SAME, self.source, self.mode, self.size)

    def _is_same_picture(self, again: Picture) -> bool:
        compared = again if self.skeleton is not None else _compared(replace(again, skeleton=None))
        return pixel_checksum(compared) == self.checksum

    def _is_same_frame(self, again: Picture) -> bool:
        """Whether all that is no pixel came back."""
        if self.skeleton is None:
            # What an image in memory brings may be what no PNG can hold; that is named when it is decoded to one.
            return all(again.metadata.get(name) == value for name, value in self.metadata.items())
        if again.skeleton is None or again.skeleton.format != self.skeleton.format:
            return False
        if self.skeleton.filling is Filling.TIFF_STRIPS:
            return _keeps_places(self.skeleton, self.data)
        return again.skeleton.carried == self.skeleton.carried


def _compared(picture: Picture) -> Picture:
    """The picture as far as the way back gives it.

    A PNG has colours for all places that pixels name; an image in memory may have fewer.
    """
    return picture if picture.skeleton is not None else replace(picture, palette=None)


def _keeps_places(skeleton: Skeleton, data: FileBytes) -> bool:
    """Whether all that is carried lies where it lay."""
    start = 0
    for _, size, carried in skeleton.pieces():
        if carried and data[start : start + size] != carried:
            return False
        start += size
    return True
