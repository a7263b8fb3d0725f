"""JPEGs by our own coder: what is taken out of their headers, and what is refused."""

from __future__ import annotations

import pytest
from PIL import Image

from srec_engine import DamagedFileError
from srec_engine.accounts import UnaccountedError
from srec_engine.images.jpeg_coefficients import open_jpeg, pack_coefficients, unpack_coefficients
from srec_engine.images.jpeg_packing import unpack_jpeg
from srec_engine.images.jpeg_skeletons import KNOWN_TABLES, compress_skeletons, decompress_skeletons
from srec_engine.jpeg import read_jpeg
from tests.codec.jpeg_bodies import in_two_bands, part
from tests.jpegs import JPEG_KINDS, jpeg_of, photograph, segment

APP1 = 0xE1


def with_segments(data: bytes, *contents: bytes) -> bytes:
    """A JPEG with application segments behind its start marker."""
    return data[:2] + b"".join(segment(APP1, content) for content in contents) + data[2:]


def thumbnail() -> bytes:
    return jpeg_of(photograph(128, 96), quality=70)


def packed_size(data: bytes) -> int:
    packed = pack_coefficients(data, 1)
    assert unpack_coefficients(packed, len(data), "it", 1) == data
    return len(packed)


def test_a_thumbnail_in_the_headers_is_packed_as_a_jpeg_too() -> None:
    outer, inner = jpeg_of(), thumbnail()
    within = with_segments(outer, b"Exif\0\0 and more" + inner + b" and what follows")
    assert packed_size(within) < packed_size(outer) + 0.92 * len(inner)
    several = with_segments(outer, *[b"Exif\0\0" + inner] * 20)
    # Those of which there is no room any more are repetitions to general compression.
    assert packed_size(several) < packed_size(outer) + 20 * len(inner)


def test_a_thumbnail_within_a_thumbnail_goes_no_deeper() -> None:
    nested = with_segments(thumbnail(), b"Exif\0\0" + jpeg_of(photograph(64, 48)))
    assert packed_size(with_segments(jpeg_of(), b"Exif\0\0" + nested)) < packed_size(jpeg_of()) + len(nested) + 100


@pytest.mark.parametrize("count", [200, 2000])
def test_a_thumbnail_that_is_cut_off_is_carried_as_it_is(count: int) -> None:
    packed_size(with_segments(jpeg_of(), b"Exif\0\0" + thumbnail()[:count]))


def test_a_thumbnail_that_cannot_be_packed_is_carried_as_it_is() -> None:
    packed_size(with_segments(jpeg_of(), b"Exif\0\0" + JPEG_KINDS["arithmetic"].make()))


def test_headers_can_be_read_without_their_thumbnails() -> None:
    data = with_segments(jpeg_of(), b"Exif\0\0" + thumbnail())
    packed = pack_coefficients(data, 1)
    whole, quick = (open_jpeg(packed, len(data), "it", with_inner=wanted) for wanted in (True, False))
    assert whole.skeleton == read_jpeg(data).skeleton
    assert len(quick.skeleton) == len(whole.skeleton)
    assert bytes(1000) in quick.skeleton
    assert quick.coded == whole.coded
    assert (quick.geometry.width, quick.geometry.height) == (whole.geometry.width, whole.geometry.height)


def test_damage_to_a_thumbnail_is_damage_to_the_headers() -> None:
    data = with_segments(jpeg_of(), b"Exif\0\0" + thumbnail())
    packed = bytearray(pack_coefficients(data, 1))
    packed[500] ^= 1
    with pytest.raises(DamagedFileError, match="headers"):
        unpack_coefficients(bytes(packed), len(data), "it", 1)


def test_tables_of_codes_that_everybody_knows_take_no_room() -> None:
    skeleton = read_jpeg(jpeg_of()).skeleton
    assert all(table in skeleton for table in KNOWN_TABLES)
    assert len(compress_skeletons(skeleton)) < 250
    many = 40 * skeleton
    for content in (skeleton, many, b"", KNOWN_TABLES[3], KNOWN_TABLES[1][:-1], bytes(1000)):
        assert decompress_skeletons(compress_skeletons(content), len(content), "it") == content


def test_what_a_reader_would_take_for_hostile_is_not_packed() -> None:
    with pytest.raises(UnaccountedError, match="refused as hostile"):
        pack_coefficients(jpeg_of(Image.new("L", (8_192, 4_096)), quality=10), 1)


def test_the_bytes_do_not_depend_on_the_number_of_threads() -> None:
    data = jpeg_of(photograph(768, 160).resize((1152, 720)), quality=85)
    shares: list[float] = []
    with in_two_bands():
        assert pack_coefficients(data, 1) == (packed := pack_coefficients(data, 3, shares.append))
    assert shares == [0.5, 1.0]
    assert unpack_coefficients(packed, len(data), "it", 2) == data


def test_a_thumbnail_is_found_also_where_the_length_of_the_headers_looks_like_a_marker() -> None:
    """27,775 bytes of headers: FF D8 01 in LEB128."""
    outer, inner = jpeg_of(), thumbnail()
    plain = with_segments(outer, b"Exif\0\0" + inner)
    headers = len(read_jpeg(plain).skeleton) - 2
    padding = 27_775 - headers - 4
    padded, shorter = (with_segments(plain, bytes(padding - less)) for less in (0, 1))
    assert read_jpeg(padded).skeleton.startswith(b"\xff\xd8\x01\xff\xd8")
    assert packed_size(padded) < packed_size(shorter) + 20


def test_parts_of_a_file_share_what_may_come_out_of_it() -> None:
    flat = jpeg_of(Image.new("L", (4096, 2048), 99), subsampling=0)
    body = part(2, len(flat), pack_coefficients(flat, 1))
    assert unpack_jpeg(body, "it", 1) == flat
    with pytest.raises(DamagedFileError, match="announces 4096 x 2048"):
        unpack_jpeg(3 * body, "it", 1)


def test_unpacking_ends_where_it_is_told_to_between_the_parts_of_a_file() -> None:
    data = jpeg_of()
    body = part(2, len(data), pack_coefficients(data, 1))
    told: list[float] = []

    def tell(share: float) -> None:
        told.append(share)
        if share >= 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        unpack_jpeg(2 * body, "it", 1, tell)
    assert told[0] == 0.0
