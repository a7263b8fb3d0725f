"""What the chunks of a PNG tell, under the names that the container uses (images.metadata), and what else there is."""

from __future__ import annotations

import zlib

from PIL.PngImagePlugin import iTXt

from srec_engine.accounts import UnaccountedError
from srec_engine.accounts.png import png_chunks
from srec_engine.images.metadata import INCHES_PER_METRE, XMP_KEY, packed_properties, packed_text

__all__ = ["png_metadata"]

_STRUCTURE = frozenset([b"IHDR", b"PLTE", b"IDAT", b"IEND"])
# All chunks are carried; so much of what they unpack to is shown, and written to other formats.
_MAX_INFLATED_BYTES = 1 << 24


def png_metadata(data: bytes, mode: str, bits: int) -> dict[str, bytes]:
    """Metadata by name.

    Args:
        data: The PNG; it may lack its pixels.
        mode: Pillow mode of the picture.
        bits: Of a sample in the file.

    Returns:
        Entries as `images.metadata` describes them; what it has no name for is under the chunk's type ("cICP").
    """
    reader = _Reader(mode, bits)
    try:
        for name, start, end in png_chunks(data):
            if name not in _STRUCTURE and not reader.takes(name, data[start:end]):
                reader.found.setdefault(name.decode(), data[start:end])
    except UnaccountedError:
        pass  # what came before is shown
    return reader.found | packed_properties(reader.properties) | packed_text(reader.text)


class _Reader:
    """What has been read of the chunks so far."""

    def __init__(self, mode: str, bits: int) -> None:
        self.found: dict[str, bytes] = {}
        self.text: list[tuple[str, str]] = []
        self.properties: dict[str, object] = {}
        self._kind = (mode, bits)
        self._room = _MAX_INFLATED_BYTES

    def takes(self, name: bytes, content: bytes) -> bool:
        """Enter a chunk of a known kind; whether it was one."""
        numbers = [int.from_bytes(content[place : place + 4], "big") for place in range(0, min(32, len(content)), 4)]
        match name:
            case b"tEXt" | b"zTXt" | b"iTXt":
                return self._takes_text(name, content)
            case b"eXIf":
                self.found.setdefault("exif", b"Exif\0\0" + content)
            case b"iCCP":
                return self._takes_profile(content)
            case b"gAMA" if len(content) == 4:
                self.properties["gamma"] = numbers[0] / 100_000
            case b"cHRM" if len(content) == 32:
                self.properties["chromaticity"] = [number / 100_000 for number in numbers]
            case b"sRGB" if len(content) == 1:
                self.properties["srgb"] = content[0]
            case b"pHYs" if len(content) == 9 and content[8] == 1:
                self.properties["dpi"] = [number * INCHES_PER_METRE for number in numbers[:2]]
            case b"pHYs" if len(content) == 9 and content[8] == 0:
                self.properties["aspect"] = numbers[:2]
            case b"tRNS":
                self.properties["transparency"] = _transparency(content, *self._kind)
            case _:
                return False
        return True

    def _takes_profile(self, content: bytes) -> bool:
        profile = self._inflated(content.partition(b"\0")[2][1:])
        if profile:
            self.found.setdefault("icc", profile)
        return bool(profile)

    def _takes_text(self, name: bytes, content: bytes) -> bool:
        key_bytes, _, rest = content.partition(b"\0")
        key = key_bytes.decode("latin-1")
        if name == b"tEXt":
            self.text.append((key, rest.decode("latin-1")))
            return True
        compressed, language, translated = name == b"zTXt", b"", b""
        value = rest[1:]
        if name == b"iTXt":
            compressed, (language, translated, value) = rest[:1] == b"\1", _three(rest[2:])
        plain = self._inflated(value) if compressed else value
        if plain is None:
            return False
        if name == b"zTXt":
            self.text.append((key, plain.decode("latin-1")))
        elif key == XMP_KEY and "xmp" not in self.found:
            self.found["xmp"] = plain
        else:
            title = translated.decode(errors="replace")
            self.text.append((key, iTXt(plain.decode(errors="replace"), language.decode("latin-1"), title)))
        return True

    def _inflated(self, data: bytes) -> bytes | None:
        """What a compressed chunk holds; None where it is damaged, or more than is shown of one file."""
        try:
            plain = zlib.decompressobj().decompress(data, self._room + 1)
        except zlib.error:
            return None
        if len(plain) > self._room:
            return None
        self._room -= len(plain)
        return plain


def _transparency(content: bytes, mode: str, bits: int) -> object:
    """As Pillow has it in its `info`: alphas of a palette, a level of grey (scaled as samples are), or a colour."""
    if mode == "P":
        return content
    levels = [int.from_bytes(content[place : place + 2], "big") for place in range(0, len(content), 2)]
    if mode in ("1", "L") and levels:
        largest = (1 << bits) - 1
        return (levels[0] & largest) * (255 // largest)
    return levels[:3] if mode == "RGB" and len(levels) >= 3 else None


def _three(data: bytes) -> tuple[bytes, bytes, bytes]:
    first, _, rest = data.partition(b"\0")
    second, _, third = rest.partition(b"\0")
    return first, second, third
