"""`.srec` for Pillow: after `register_pillow()`, `Image.open` and `Image.save` know the format.

Opening reads the header; pixels are decoded when they are wanted. `draft` gives a coarse scale without the rest.
"""

from __future__ import annotations

import io
from typing import IO, Any, BinaryIO, cast

from PIL import Image, ImageFile

from srec_engine.codec.decode import decode_image, decode_steps, read_source
from srec_engine.codec.encode import encode_image
from srec_engine.container import MAGIC, Reader
from srec_engine.errors import SrecError
from srec_engine.files import SREC_SUFFIX
from srec_engine.images.metadata import info_from_metadata
from srec_engine.images.opening import open_image
from srec_engine.images.planes import metadata_from_reader
from srec_engine.options import EncodeOptions

__all__ = ["FORMAT", "MIME_TYPE", "SrecImageFile", "register_pillow"]

FORMAT = "SREC"
MIME_TYPE = "image/x-srec"
DECODER = "srec"


class SrecImageFile(ImageFile.ImageFile):
    """A `.srec` file as Pillow sees it. Where a file of several frames is held, it is the first of them."""

    format = FORMAT
    format_description = "SReC: lossless compression through super-resolution"
    _has_unread_info = False

    def _open(self) -> None:
        if self.fp is None:
            raise SyntaxError("there is no file")
        try:
            reader = Reader(cast(BinaryIO, self.fp))
            header = reader.header
            self._info.update(info_from_metadata(metadata_from_reader(reader)[0]) if header.metadata_bytes else {})
        except SrecError as error:
            raise SyntaxError(str(error)) from error
        self._size = (header.width, header.height)
        self._mode = header.mode
        self._scales = header.scale_count
        self._draft_scale = 0
        self._holds_file = self._has_unread_info = header.method.holds_file
        self._held: Image.Image | None = None
        self.tile = [_tile(self._size, header.mode)]

    def draft(  # Pillow's signature
        self,
        mode: str | None,
        size: tuple[int, int] | None,
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        """Choose the coarsest scale that is at least `size`; loading then decodes no further.

        A drafted picture has no alpha channel. Where a file is held, its own format drafts, if it can.
        """
        if self._holds_file and self.tile:
            return self._draft_held(mode, size)
        if size is None or not self._scales or len(self.tile) != 1:
            return None
        width, height = self.size
        scale = 0
        while scale < self._scales and -(-width >> (scale + 1)) >= size[0] and -(-height >> (scale + 1)) >= size[1]:
            scale += 1
        if scale == 0:
            return None
        self._draft_scale = scale
        self._size = (-(-width >> scale), -(-height >> scale))
        self._mode = "L" if self.mode in ("L", "LA") else "RGB"
        self.tile = [_tile(self._size, self._mode)]
        return self._mode, (0, 0, width / (1 << scale), height / (1 << scale))

    def _draft_held(
        self, mode: str | None, size: tuple[int, int] | None
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        held = self._held_image()
        drafted = held.draft(mode, size)
        if drafted is not None:
            self._mode, self._size = held.mode, held.size
            self.tile = [_tile(held.size, held.mode)]
        return drafted

    @property
    def info(self) -> dict[str | tuple[int, int], Any]:
        """What is beside the pixels. Where a file is held, the first question for it has that unpacked and opened."""
        if self._has_unread_info:
            self._has_unread_info = False
            self._info.update(self._held_image().info)
        return self._info

    @info.setter
    def info(self, value: dict[str | tuple[int, int], Any]) -> None:
        self._info = value

    def getexif(self) -> Image.Exif:
        """The EXIF; where a file is held, as its own format has it."""
        return self._held_image().getexif() if self._holds_file and self.tile else super().getexif()

    @property
    def has_transparency_data(self) -> bool:
        """Whether any pixel may be transparent; the colours of a palette are known only once it is loaded."""
        if self.mode == "P" and self.palette is None:
            self.load()
        return super().has_transparency_data

    def _held_image(self) -> Image.Image:
        """The file that is held, opened but not loaded."""
        if self._held is None:
            name, data = self.source_file()
            try:
                with open_image(io.BytesIO(data), name) as image:
                    self._held = image
            except SrecError as error:
                raise OSError(str(error)) from error
        return self._held

    def source_file(self) -> tuple[str, bytes]:
        """Name and bytes of the file that the picture was made of: as stored, or put together again.

        Ask before the pixels are loaded, which closes the file.

        Raises:
            OSError: When the file is closed or damaged.
        """
        if self.fp is None:
            raise OSError("The file was closed before its source was asked for.")
        self.fp.seek(0)
        try:
            return read_source(self.fp.read())
        except SrecError as error:
            raise OSError(str(error)) from error

    def load(self) -> Any:
        """Decode the pixels."""
        if self.tile:
            image = self._decoded()
            if (image.mode, image.size) != (self.mode, self.size):
                # Pillow would take the pixels for what the header says, and read past their end.
                raise OSError(
                    f"The file is damaged: it announces {self.mode} {self.size} and holds {image.mode} {image.size}."
                )
            self.tile = []
            self.im = image.im
            if self._holds_file:
                self._has_unread_info = False
                self._info.update(image.info)
            if image.mode == "P":
                self.palette = image.palette
            if self.fp is not None and self._exclusive_fp:
                self.fp.close()
            self.fp = self._held = None
        return super().load()

    def _decoded(self) -> Image.Image:
        if self.fp is None:
            raise OSError("The file was closed before its pixels were loaded.")
        if self._holds_file:
            held = self._held_image()
            held.load()
            return held
        self.fp.seek(0)
        data = self.fp.read()
        try:
            if not self._draft_scale:
                image = decode_image(data).image
                image.load()
                return image
            for step in decode_steps(data):
                if step.picture is not None and step.scale == self._draft_scale:
                    return step.picture
        except SrecError as error:
            raise OSError(str(error)) from error
        raise OSError("The file ended before the scale that was asked for.")


def _tile(size: tuple[int, int], mode: str) -> Any:
    """What tells Pillow that pixels are still to be loaded; `load` does it without a registered decoder."""
    return ImageFile._Tile(DECODER, (0, 0, *size), 0, (mode,))  # noqa: SLF001 - the only type Pillow takes


def _accept(prefix: bytes) -> bool:
    return prefix.startswith(MAGIC)


def _save(image: Image.Image, stream: IO[bytes], filename: str | bytes) -> None:
    del filename
    options: EncodeOptions = image.encoderinfo.get("options", EncodeOptions())
    try:
        stream.write(encode_image(image, options).data)
    except SrecError as error:
        raise OSError(str(error)) from error


def register_pillow() -> None:
    """Teach Pillow the format. Calling it again changes nothing.

    `Image.save(path, options=EncodeOptions(…))` chooses how to encode.
    """
    Image.register_open(FORMAT, SrecImageFile, _accept)
    Image.register_save(FORMAT, _save)
    Image.register_extension(FORMAT, SREC_SUFFIX)
    Image.register_mime(FORMAT, MIME_TYPE)
