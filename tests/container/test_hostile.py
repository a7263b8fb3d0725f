"""Files that were cut off, changed, or made to hurt."""

from __future__ import annotations

import contextlib
import random
import struct
import time
import tracemalloc
from collections.abc import Callable
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_engine.container import Contents, NetworkPayload, Reader, container_bytes, decode_plane, unpack_streams
from srec_engine.container.compression import compress, decompress, lzma_compress
from srec_engine.errors import DamagedFileError, SrecError
from srec_engine.options import Method
from tests.container.examples import network_contents, verbatim_contents, webp_contents

EXAMPLES: list[Callable[[], Contents]] = [network_contents, webp_contents, verbatim_contents]


def read_all(data: bytes) -> list[SrecError]:
    """Read every part; returns the errors met. Any other exception fails the test."""
    errors: list[SrecError] = []

    def attempt(read: Callable[[], object]) -> None:
        try:
            read()
        except SrecError as error:
            errors.append(error)

    try:
        reader = Reader(data, "a.srec")
    except SrecError as error:
        return [error]
    attempt(reader.metadata)
    attempt(reader.planes)
    attempt(lambda: reader.pixel_checksum)
    if reader.geometry is None:
        attempt(reader.body)
        if reader.header.method == Method.VERBATIM:
            attempt(lambda: reader.source_name)
        return errors
    attempt(reader.base)
    for number in range(min(50, reader.geometry.chunk_count)):
        scale, tile = reader.geometry.chunk_place(number)
        reader.available(scale, tile)
        attempt(lambda scale=scale, tile=tile: reader.chunk(scale, tile))
    return errors


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_file_cut_at_any_byte_gives_clear_errors(example: Callable[[], Contents]) -> None:
    data = container_bytes(example())
    assert not read_all(data)
    for length in range(len(data)):
        errors = read_all(data[:length])
        assert errors
        assert all("a.srec" in str(error) for error in errors)


def test_a_cut_file_gives_the_chunks_that_arrived() -> None:
    contents = network_contents()
    payload = contents.payload
    assert isinstance(payload, NetworkPayload)
    data = container_bytes(contents)
    sizes = Reader(data).section_sizes()
    start = len(data) - sizes["chunks"] - sizes["checksum"]
    end = start
    for arrived, chunk in enumerate(payload.chunks):
        reader = Reader(data[:end])
        assert reader.base().shape == payload.base.shape
        assert not reader.is_complete
        geometry = reader.geometry
        assert geometry is not None
        for number, expected in enumerate(payload.chunks):
            scale, tile = geometry.chunk_place(number)
            assert reader.available(scale, tile) == (number < arrived or (number == arrived and not chunk))
            if number < arrived:
                assert reader.chunk(scale, tile) == expected
                continue
            if chunk:
                with pytest.raises(DamagedFileError, match=f"tile {tile} at scale {scale} is missing"):
                    reader.chunk(scale, tile)
            break
        end += len(chunk)


def test_a_damaged_chunk_costs_that_tile_and_is_named() -> None:
    data = bytearray(container_bytes(network_contents()))
    data[-17] ^= 0x10
    errors = read_all(bytes(data))
    assert [str(error) for error in errors] == [
        "a.srec is damaged in tile 5 at scale 0: its checksum does not match. "
        "The rest of the picture can still be shown."
    ]


@pytest.mark.parametrize("example", EXAMPLES)
def test_thousands_of_random_changes_give_only_clear_errors(example: Callable[[], Contents]) -> None:
    data = container_bytes(example())
    generator = random.Random(3)
    for _ in range(1500):
        changed = bytearray(data)
        for _ in range(generator.choice([1, 1, 2, 8])):
            place = generator.randrange(len(changed))
            match generator.randrange(3):
                case 0:
                    changed[place] = generator.randrange(256)
                case 1:
                    del changed[place : place + generator.randrange(1, 9)]
                case 2:
                    changed[place:place] = generator.randbytes(generator.randrange(1, 9))
        if len(changed) and bytes(changed[: len(data)]) != data:
            errors = read_all(bytes(changed))
            # What is read without an error is right; only the 16 bytes of the last section have no checksum.
            assert errors or changed[: len(data) - 16] == data[:-16]


def with_header(data: bytes, header_bytes: int, place: int, form: str, value: int) -> bytes:
    """Change a number in the header and make its checksum right again."""
    content = bytearray(data[: header_bytes - 4])
    struct.pack_into(form, content, place, value)
    return bytes(content) + struct.pack("<I", crc32(content)) + data[header_bytes:]


NUMBERS = [
    *[(place, "<B") for place in range(10, 16)],
    *[(place, "<I") for place in (16, 20, 24, 28, 32)],
    (36, "<Q"),
]


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize(("place", "form"), NUMBERS)
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_wrong_numbers_with_a_right_checksum_neither_crash_nor_allocate(
    example: Callable[[], Contents], place: int, form: str, share: float
) -> None:
    data = container_bytes(example())
    largest = (1 << 8 * struct.calcsize(form)) - 1
    changed = with_header(data, Reader(data).header.header_bytes, place, form, min(largest, int(largest * share)))
    if changed == data:
        return
    tracemalloc.start()
    start = time.perf_counter()
    read_all(changed)
    assert time.perf_counter() - start < 2
    assert tracemalloc.get_traced_memory()[1] < 40 << 20
    tracemalloc.stop()


def test_chunk_lengths_that_do_not_add_up_are_refused() -> None:
    data = container_bytes(network_contents())
    sizes = Reader(data).section_sizes()
    start = sizes["header"] + sizes["metadata"] + sizes["planes"]
    content = bytearray(data[start : start + sizes["index"] - 4])
    struct.pack_into("<I", content, 0, 0xFFFFFFFF)
    changed = data[:start] + bytes(content) + struct.pack("<I", crc32(content)) + data[start + sizes["index"] :]
    reader = Reader(changed)
    assert not reader.available(1, 0)
    with pytest.raises(DamagedFileError, match="add up"):
        reader.chunk(1, 0)
    assert reader.base().size


def test_a_decompression_bomb_is_stopped_at_the_limit() -> None:
    bomb = bytes([1]) + lzma_compress(bytes(200 << 20))
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="more than the 1000 bytes"):
        decompress(bomb, 1000, "the metadata")
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


@given(st.binary(max_size=300), st.integers(0, 400))
def test_compression_comes_back_and_keeps_the_limit(data: bytes, limit: int) -> None:
    packed = compress(data)
    assert len(packed) <= len(data) + 1
    if len(data) <= limit:
        assert decompress(packed, limit, "x") == data
    else:
        with pytest.raises(DamagedFileError):
            decompress(packed, limit, "x")


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_no_plane_no_streams_and_no_file_or_valid_ones(data: bytes) -> None:
    for read in (
        lambda: decode_plane(data, 3, 4, 3, "x"),
        lambda: decompress(data, 100, "x"),
        lambda: unpack_streams(data, 12),
        lambda: Reader(data),
    ):
        with contextlib.suppress(SrecError):
            read()
