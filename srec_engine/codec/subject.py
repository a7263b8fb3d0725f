"""What is to be held: a picture in memory, or a file, of which the pixels are read once a method asks for them."""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from srec_engine.codec.background import run_cancellable
from srec_engine.codec.job import Job
from srec_engine.codec.samples import estimated_webp_bytes
from srec_engine.container import PackedMetadata, pack_metadata
from srec_engine.images.opening import picture_from_image
from srec_engine.images.picture import KeptFile, Picture, SourceFile, VerbatimOnlyError
from srec_engine.images.sources import FoundFile, find_file, find_file_to_keep
from srec_engine.options import Method

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Subject"]


class Subject:
    """A picture or a file that is to be encoded.

    Attributes:
        file: The source file; None for an image in memory.
        refusal: Why there is no picture that would hold all of the file, as a clause; "" where there is one. Asking for
            it reads the pixels.
    """

    def __init__(self, job: Job, *, picture: Picture | None = None, found: FoundFile | None = None) -> None:
        """Use `of_image` or `of_file`."""
        self._job = job
        self._picture = picture
        self._found = found
        self.file: SourceFile | None = None if found is None else found.source

    @classmethod
    def of_image(cls, job: Job, image: Image) -> Subject:
        """An image in memory.

        Raises:
            UnsupportedImageError: When something of it would be lost (16 bits, CMYK, several frames, …).
        """
        return cls(job, picture=picture_from_image(image))

    @classmethod
    def of_file(cls, job: Job, path: Path) -> Subject:
        """A file. One that is to be kept as it is may be anything.

        Raises:
            UnsupportedImageError: When this is no image that is known, or it is too large.
            SrecError: When it cannot be read.
        """
        with job.clock.measure("io"):
            find = find_file_to_keep if job.options.method is Method.VERBATIM else find_file
            # Pillow reads some kinds of junk for half a minute.
            return cls(job, found=run_cancellable(lambda: find(path), job.cancel))

    @property
    def name(self) -> str:
        """Names it in messages."""
        return "The image" if self.file is None else self.file.name

    @property
    def format(self) -> str:
        """Pillow's name of the file's format; "" for an image in memory."""
        return "" if self.file is None else self.file.format

    @property
    def file_bytes(self) -> float:
        """Size of the file; infinite for an image in memory."""
        return math.inf if self.file is None else self.file.size

    @cached_property
    def refusal(self) -> str:
        """As in the class's description."""
        if self._picture is None and self._found is not None:
            measure = self._job.clock.measure
            try:
                self._picture = self._found.accounted(measure).picture(measure)
            except VerbatimOnlyError as reason:
                return reason.reason
            self._found = self._found.without_data()
        return ""

    @property
    def picture(self) -> Picture:
        """The picture.

        Raises:
            VerbatimOnlyError: With the `refusal`.
        """
        if self.refusal or self._picture is None:
            raise VerbatimOnlyError(self.refusal, self.file, *self.shape)
        return self._picture

    @property
    def shape(self) -> tuple[str, tuple[int, int]]:
        """Pillow mode, and (width, height) in pixels; "L" and (1, 1) where they are not known."""
        if self._picture is not None:
            return self._picture.mode, (self._picture.width, self._picture.height)
        return ("L", (1, 1)) if self._found is None else (self._found.found.mode, self._found.found.size)

    @property
    def kept(self) -> KeptFile:
        """The file, to be kept as its bytes."""
        if self.file is None:
            raise ValueError("an image in memory has no file")
        mode, size = self.shape
        return KeptFile(self.file, mode, *size)

    def data(self) -> bytes:
        """All bytes of the file.

        Raises:
            SrecError: When there is none, or it was changed meanwhile.
        """
        if self._found is not None and self._found.data:
            return self._found.data
        return self.kept.source.read()

    @cached_property
    def estimated_webp_bytes(self) -> float:
        """About what a quick lossless WebP of the colours would take; 0 for a picture without colours."""
        colour = self.picture.colour
        return 0.0 if colour is None else estimated_webp_bytes(colour)

    @cached_property
    def packed_metadata(self) -> PackedMetadata:
        """What all methods hold of the picture's metadata; seconds for megabytes of it, so it is made once."""
        stored = self.picture.stored_metadata
        return PackedMetadata(run_cancellable(lambda: pack_metadata(stored), self._job.cancel))
