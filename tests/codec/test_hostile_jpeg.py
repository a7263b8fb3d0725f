"""Hostile bodies of method `jpeg`: one clear error, soon and without much memory, or a report of damage."""

from __future__ import annotations

import struct
from contextlib import suppress
from zlib import crc32

import numpy as np
import pytest

from srec_engine import DamagedFileError, Method, decode_steps, read_preview, verify_file
from srec_engine.container import Contents, FilePayload, container_bytes
from srec_engine.container.compression import lzma_compress
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.context_mixing import decode_coefficients
from srec_engine.images.jpeg_coefficients import pack_coefficients
from srec_engine.images.jpeg_packing import pack_jpeg
from srec_engine.images.jpeg_parts import parse_parts
from srec_engine.images.jpeg_skeletons import compress_skeletons
from srec_engine.images.picture import bytes_checksum
from srec_engine.jpeg import geometry_of, read_jpeg
from tests.codec.jpeg_bodies import container_of, packings_of, part
from tests.jpegs import jpeg_of


def boxes(*contents: tuple[bytes, bytes]) -> bytes:
    """Boxes of a JPEG XL file, behind its signature."""
    signature = [(b"JXL ", b"\r\n\x87\n"), (b"ftyp", b"jxl \0\0\0\0jxl ")]
    return b"".join(struct.pack(">I4s", 8 + len(data), name) + data for name, data in [*signature, *contents])


VAST = b"\xff\x0a" + b"\xfe" * 30
"""A codestream that announces 2³⁰ pixels down, whatever follows."""

IN_TWO_BOXES = boxes((b"jxlp", bytes(4) + VAST[:2]), (b"jxlp", bytes(4) + VAST[2:]))

BOMB = b"\1" + lzma_compress(bytes(1 << 26))
BODIES = packings_of(jpeg_of())


def content_of(coder: str) -> bytes:
    """What a coder made of the JPEG."""
    return parse_parts(BODIES[coder], "it")[0].packed


def head_of(packed: bytes) -> tuple[int, int]:
    """Where the head of packed coefficients begins and ends, behind its checksum and its length."""
    cursor = Cursor(packed[4:], "it")
    length = cursor.take_integer()
    start = len(packed) - cursor.remaining
    return start, start + length


def with_head(head: bytes, coded: bytes = b"") -> bytes:
    """Packed coefficients with another head, whose checksum is right."""
    return crc32(head).to_bytes(4, "little") + pack_integer(len(head)) + head + coded


def skeleton_head(skeleton: bytes) -> bytes:
    """The head of a JPEG without others in its headers."""
    content = compress_skeletons(skeleton)
    return b"\0" + pack_integer(len(content)) + content


def vast_skeleton() -> bytes:
    """The skeleton of the JPEG, which announces 65,500 x 8,000 pixels."""
    skeleton = bytearray(read_jpeg(jpeg_of()).skeleton)
    place = skeleton.index(b"\xff\xc0") + 5
    skeleton[place : place + 4] = struct.pack(">HH", 8_000, 65_500)
    return bytes(skeleton)


def with_tables(number: int) -> bytes:
    """The JPEG as if it had been coded with other tables."""
    packed = content_of("ours")
    _, end = head_of(packed)
    return packed[:end] + pack_integer(number) + packed[end + 1 :]


HOSTILE = {
    "no part at all": b"",
    "an unknown packer": part(7, 4, b"1234"),
    "more bytes than are there": b"\0\5\x7fabc",
    "no JPEG XL": part(1, 1000, bytes(1000)),
    "a JPEG XL that ends at once": part(1, 1000, b"\xff\x0a" + bytes(2)),
    "one of very many pixels": part(1, 1000, b"\xff\x0a" + b"\xff" * 30),
    "a few bytes that would become many": part(0, 1 << 40, b"\0" + bytes(10)),
    "a bomb": part(0, 1 << 26, BOMB),
    "many small bombs": 9 * part(0, 1 << 21, b"\1" + lzma_compress(bytes(1 << 21))),
    "very many parts": 1000 * part(0, 1, b"\0a"),
    "one of very many pixels in two boxes": part(
        1, 1000, boxes((b"jxlp", bytes(4) + VAST[:2]), (b"jxlp", bytes(4) + VAST[2:]))
    ),
    "one whose box ends too soon": part(1, 1000, boxes((b"jxlc", VAST[:5]), (b"junk", bytes(40)))),
    "a bomb that lies about its size": part(0, 1000, BOMB),
    "fewer bytes than announced": part(0, 9, b"\0" + bytes(8)),
    **{
        f"a JPEG by {coder} that is {name} than announced": part(number, len(jpeg_of()) + more, content_of(coder))
        for number, coder in enumerate(("theirs", "ours"), 1)
        for name, more in (("shorter", 1), ("longer", -1))
    },
    "coefficients without a head": part(2, 1000, b""),
    "coefficients whose head is cut off": part(2, 1000, bytes(4) + b"\x7fabc"),
    "coefficients of noise": part(2, 1000, np.random.default_rng(1).bytes(500)),
    "coefficients that would become very many bytes": part(2, 1 << 23, content_of("ours")),
    "a head that holds very many JPEGs": part(2, 1000, with_head(b"\x7f" + bytes(600))),
    "a head whose JPEGs are longer than the file": part(2, 1000, with_head(b"\1\0\xff\x7f\0\0\1\0")),
    "a head whose JPEGs are longer than its skeletons": part(2, 1000, with_head(b"\1\0\1\x7f\0\1\0")),
    "a head that is a bomb": part(2, 1000, with_head(b"\0" + pack_integer(len(BOMB) + 1) + b"\0" + BOMB)),
    "a head of very many known tables": part(2, 1000, with_head(b"\0\x7f\x7f" + bytes(500))),
    "a head of an unknown table": part(2, 1000, with_head(b"\0\7\1\0\4\0abc")),
    "a head without a skeleton": part(2, 1000, with_head(b"\0\0")),
    "a head of very many pixels": part(2, 1000, with_head(skeleton_head(vast_skeleton()))),
    "coefficients of no tables that there are": part(2, len(jpeg_of()), with_tables(9_999)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_refused_before_they_cost_anything(name: str) -> None:
    data = container_of(HOSTILE[name], jpeg_of())
    with pytest.raises(DamagedFileError):
        verify_file(data)
    with pytest.raises(DamagedFileError):
        read_preview(data)


@pytest.mark.parametrize("coder", ["ours", "theirs"])
def test_damage_that_the_checksums_do_not_see_is_named_in_the_end(coder: str) -> None:
    # As if somebody had computed the checksums of the container anew.
    whole = BODIES[coder]
    for seed in range(150):
        random = np.random.default_rng(seed)
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            damaged[place] ^= 1 << int(random.integers(8))
        if damaged != whole:
            require_refused_or_damaged(container_of(bytes(damaged), jpeg_of()))


def test_heads_of_noise_and_of_flipped_bits_are_refused_also_where_their_checksum_is_right() -> None:
    packed = pack_coefficients(jpeg_of(), 1)
    start, end = head_of(packed)
    for seed in range(150):
        random = np.random.default_rng(seed)
        head = bytearray(packed[start:end])
        if seed % 2:
            head[1:] = random.bytes(len(head) - 1)
        else:
            for place in random.integers(0, len(head), 2):
                head[place] ^= 1 << int(random.integers(8))
        if head != packed[start:end]:
            body = part(2, len(jpeg_of()), with_head(bytes(head), packed[end:]))
            require_refused_or_damaged(container_of(body, jpeg_of()))


def test_coefficients_of_noise_are_refused_or_damaged_also_where_their_checksums_are_right() -> None:
    packed = pack_coefficients(jpeg_of(), 1)
    _, end = head_of(packed)
    shapes = geometry_of(read_jpeg(jpeg_of()).skeleton, "it").components
    for seed in range(6):
        random = np.random.default_rng(seed)
        streams = [random.bytes(int(random.integers(1, 6000))) for _ in range(2)]
        heads = b"".join(pack_integer(len(stream)) + crc32(stream).to_bytes(4, "little") for stream in streams)
        # The tables, and how many bands there are.
        numbers = packed[end : end + 2]
        coded = numbers + heads + b"".join(streams)
        # Noise may say more than there are coefficients, or less.
        assert len(decode_coefficients(coded, shapes, "it").components) == len(shapes)
        body = part(2, len(jpeg_of()), packed[:end] + coded)
        require_refused_or_damaged(container_of(body, jpeg_of()))


def require_refused_or_damaged(data: bytes) -> None:
    """Nothing but our own error comes of it, whatever is asked for."""
    with pytest.raises(DamagedFileError):
        verify_file(data)
    with suppress(DamagedFileError):
        *_, last = decode_steps(data)
        assert last.report is not None
        assert last.report.damage
    with suppress(DamagedFileError):
        read_preview(data)


@pytest.mark.parametrize("header", [("RGB", 257, 192), ("L", 256, 192), ("RGB", 1, 1)])
def test_a_header_that_speaks_of_another_picture_is_damage(header: tuple[str, int, int]) -> None:
    payload = FilePayload("a.jpg", pack_jpeg(jpeg_of()), Method.JPEG)
    data = container_bytes(Contents(*header, payload, bytes_checksum(jpeg_of())))
    with pytest.raises(DamagedFileError, match="holds another file"):
        verify_file(data)
    with pytest.raises(DamagedFileError, match="holds another file"):
        verify_file(container_of(part(0, 10, b"\0no picture"), b"no picture"))


def test_another_file_than_the_one_that_was_packed_is_not_taken_for_it() -> None:
    data = container_of(pack_jpeg(jpeg_of(quality=70)), jpeg_of())
    with pytest.raises(DamagedFileError, match="not the one it was made from"):
        verify_file(data)
