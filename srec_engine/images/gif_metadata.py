"""What the extensions of a GIF tell, under the names that the container uses, and what else there is."""

from __future__ import annotations

from srec_engine.accounts import UnaccountedError
from srec_engine.accounts.gif import end_of_sub_blocks, joined_sub_blocks
from srec_engine.accounts.numbers import Numbers
from srec_engine.images.metadata import packed_properties

__all__ = ["gif_metadata"]

_EXTENSION, _PICTURE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT, _APPLICATION = 0xF9, 0xFE, 0xFF
_PROFILE, _XMP = b"ICCRGBG1012", b"XMP DataXMP"
# XMP is not in sub-blocks: a trailer of 258 bytes makes readers that do not know it find its end.
_XMP_TRAILER = 258


def gif_metadata(data: bytes) -> dict[str, bytes]:
    """Metadata by name.

    Args:
        data: The GIF without its pixels.

    Returns:
        Entries as `images.metadata` describes them; an extension that they have no name for is under its own.
    """
    found: dict[str, bytes] = {}
    numbers = Numbers(data, "little")
    try:
        place = 13 + _table_bytes(numbers.at(10, 1))
        while (kind := numbers.at(place, 1)) != _TRAILER:
            if kind == _EXTENSION:
                end = end_of_sub_blocks(numbers, place + 2)
                _enter(numbers.at(place + 1, 1), data[place + 2 : end], found)
                place = end
            elif kind == _PICTURE:
                place += 10 + _table_bytes(numbers.at(place + 9, 1))
            else:
                break
    except UnaccountedError:
        pass  # what came before is shown
    return found


def _table_bytes(flags: int) -> int:
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _enter(label: int, blocks: bytes, found: dict[str, bytes]) -> None:
    name = blocks[1:12]
    if label == _CONTROL and blocks[0] == 4:
        if blocks[1] & 1:
            found |= packed_properties({"transparency": blocks[4]})
    elif label == _COMMENT:
        found.setdefault("further comments" if "comment" in found else "comment", joined_sub_blocks(blocks, 0))
    elif label == _APPLICATION and name == _PROFILE:
        found.setdefault("icc", joined_sub_blocks(blocks, 12))
    elif label == _APPLICATION and name == _XMP:
        found.setdefault("xmp", blocks[12:-_XMP_TRAILER])
    elif label == _APPLICATION:
        found.setdefault(name.decode("latin-1").strip(), joined_sub_blocks(blocks, 12))
    else:
        found.setdefault(f"extension {label}", joined_sub_blocks(blocks, 0))
