"""What the chunks of a PNG tell, under the names that the container uses (images.metadata), and what else there is."""

from __future__ import annotations

import zlib

from PIL.PngImagePlugin import iTXt

from srec_engine.accounts import UnaccountedError
from srec_engine.accounts.png import png_chunks
from srec_engine.images.metadata import packed_properties, packed_text
from srec_engine.limits import MAX_METADATA_BYTES

__all__ = ["png_metadata"]

_INCHES_PER_METRE = 0.0254
_XMP_KEY = "XML:com.adobe.xmp"
_STRUCTURE = frozenset([b"IHDR", b"PLTE", b"IDAT", b"IEND"])
_TEXT = frozenset([b"tEXt", b"zTXt", b"iTXt"])


def png_metadata(data: bytes, mode: str, bits: int) -> dict[str, bytes]:
    """Metadata by name.

    Args:
        data: The PNG; it may lack its pixels.
        mode: Pillow mode of the picture.
        bits: Of a sample in the file.

    Returns:
        Entries as `images.metadata` describes them; what it has no name for is under the chunk's type ("cICP").
    """
    found: dict[str, bytes] = {}
    text: list[tuple[str, str]] = []
    properties: dict[str, object] = {}
    try:
        for name, start, end in png_chunks(data):
            content = data[start:end]
            if name in _TEXT:
                _add_text(name, content, found, text)
            elif name not in _STRUCTURE and not _take(name, content, found, properties, (mode, bits)):
                found.setdefault(name.decode(), content)
    except UnaccountedError:
        pass  # what came before is shown
    return found | packed_properties(properties) | packed_text(text)


def _take(
    name: bytes, content: bytes, found: dict[str, bytes], properties: dict[str, object], kind: tuple[str, int]
) -> bool:
    """Enter a chunk of a known kind; whether it was one."""
    numbers = [int.from_bytes(content[place : place + 4], "big") for place in range(0, len(content), 4)]
    match name:
        case b"eXIf":
            found.setdefault("exif", b"Exif\0\0" + content)
        case b"iCCP":
            profile = _inflated(content.partition(b"\0")[2][1:])
            if not profile:
                return False
            found.setdefault("icc", profile)
        case b"gAMA" if len(content) == 4:
            properties["gamma"] = numbers[0] / 100_000
        case b"cHRM" if len(content) == 32:
            properties["chromaticity"] = [number / 100_000 for number in numbers]
        case b"sRGB" if len(content) == 1:
            properties["srgb"] = content[0]
        case b"pHYs" if len(content) == 9 and content[8] == 1:
            properties["dpi"] = [number * _INCHES_PER_METRE for number in numbers[:2]]
        case b"pHYs" if len(content) == 9 and content[8] == 0:
            properties["aspect"] = numbers[:2]
        case b"tRNS":
            properties["transparency"] = _transparency(content, *kind)
        case _:
            return False
    return True


def _transparency(content: bytes, mode: str, bits: int) -> object:
    """As Pillow has it in its `info`: alphas of a palette, a level of grey (scaled as samples are), or a colour."""
    if mode == "P":
        return content
    levels = [int.from_bytes(content[place : place + 2], "big") for place in range(0, len(content), 2)]
    if mode in ("1", "L") and levels:
        largest = (1 << bits) - 1
        return (levels[0] & largest) * (255 // largest)
    return levels[:3] if mode == "RGB" and len(levels) >= 3 else None


def _add_text(name: bytes, content: bytes, found: dict[str, bytes], text: list[tuple[str, str]]) -> None:
    key_bytes, _, rest = content.partition(b"\0")
    key = key_bytes.decode("latin-1")
    if name == b"tEXt":
        text.append((key, rest.decode("latin-1")))
    elif name == b"zTXt":
        text.append((key, _inflated(rest[1:]).decode("latin-1")))
    else:
        compressed, (language, translated, value) = rest[:1] == b"\1", _three(rest[2:])
        value = _inflated(value) if compressed else value
        if key == _XMP_KEY and "xmp" not in found:
            found["xmp"] = value
        else:
            entry = iTXt(
                value.decode(errors="replace"), language.decode("latin-1"), translated.decode(errors="replace")
            )
            text.append((key, entry))


def _three(data: bytes) -> tuple[bytes, bytes, bytes]:
    first, _, rest = data.partition(b"\0")
    second, _, third = rest.partition(b"\0")
    return first, second, third


def _inflated(data: bytes) -> bytes:
    """What a compressed chunk holds, up to the limit on metadata; b"" where it is damaged."""
    try:
        return zlib.decompressobj().decompress(data, MAX_METADATA_BYTES)
    except zlib.error:
        return b""
