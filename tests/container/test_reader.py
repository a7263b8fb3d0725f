from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_engine.container import (
    Contents,
    FilePayload,
    Geometry,
    Header,
    NetworkPayload,
    Reader,
    WebPPayload,
    container_bytes,
    open_reader,
    write_container,
)
from srec_engine.container.header import MODES, pack_header, parse_header
from srec_engine.errors import DamagedFileError, NotSrecError
from srec_engine.options import Method
from tests.container.examples import CHECKSUM, MODEL_ID, network_contents, verbatim_contents, webp_contents

EXAMPLES: list[Callable[[], Contents]] = [network_contents, webp_contents, verbatim_contents]


@pytest.mark.parametrize("as_file", [False, True])
def test_everything_that_was_written_is_read(as_file: bool) -> None:
    contents = network_contents()
    payload = contents.payload
    assert isinstance(payload, NetworkPayload)
    data = container_bytes(contents)
    reader = Reader(io.BytesIO(data) if as_file else memoryview(data))
    assert (reader.header.mode, reader.header.width, reader.header.height) == ("RGBA", 70, 40)
    assert (reader.header.method, reader.header.channels, reader.header.model_id) == (Method.SREC, 3, MODEL_ID)
    assert reader.is_complete
    assert reader.metadata() == contents.metadata
    assert reader.planes() == contents.planes
    assert np.array_equal(reader.base(), payload.base)
    geometry = Geometry(70, 40, 2, 32)
    assert reader.geometry == geometry
    chunks = [reader.chunk(*geometry.chunk_place(number)) for number in range(geometry.chunk_count)]
    assert chunks == payload.chunks
    assert reader.pixel_checksum == CHECKSUM


def test_a_webp_and_a_source_file_come_back() -> None:
    assert Reader(container_bytes(webp_contents())).body() == b"RIFF and so on"
    reader = Reader(container_bytes(verbatim_contents()))
    assert (reader.body(), reader.source_name, reader.header.mode) == (b"the bytes of a JPEG", "holiday.jpg", "CMYK")
    assert reader.geometry is None


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_sections_add_up_to_the_file_also_when_it_is_cut_or_longer(example: Callable[[], Contents]) -> None:
    data = container_bytes(example())
    for part in (data, data[:-20], data[:85], data + b"surplus"):
        assert sum(Reader(part).section_sizes().values()) == len(part)
    assert Reader(data + b"surplus").section_sizes()["surplus"] == 7


def test_the_chunk_bytes_of_the_scales_add_up_to_the_chunks_section() -> None:
    reader = Reader(container_bytes(network_contents()))
    assert sum(reader.scale_bytes(scale) for scale in (0, 1)) == reader.section_sizes()["chunks"]


def test_writing_to_a_stream_gives_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.srec"
    with path.open("wb") as stream:
        size = write_container(network_contents(), stream)
    assert path.read_bytes() == container_bytes(network_contents())
    assert path.stat().st_size == size
    with open_reader(path) as reader:
        assert reader.metadata() == network_contents().metadata


def test_the_header_is_read_without_reading_the_file() -> None:
    class Counting(io.BytesIO):
        count = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.count += len(data)
            return data

    file = Counting(container_bytes(verbatim_contents()) + bytes(1 << 20))
    reader = Reader(file)
    assert (reader.header.width, reader.source_name) == (9, "holiday.jpg")
    assert file.count < 400


def test_the_overhead_of_a_classic_photograph_is_below_300_bytes() -> None:
    base = np.random.default_rng(0).integers(0, 256, (16, 24, 3), np.uint8)
    chunks = [bytes(1000)] * 10
    contents = Contents("RGB", 768, 512, NetworkPayload(MODEL_ID, base, chunks, 5), CHECKSUM)
    overhead = len(container_bytes(contents)) - base.size - sum(map(len, chunks))
    assert overhead < 200


def test_the_overhead_of_a_webp_or_source_file_is_below_100_bytes() -> None:
    for payload in (WebPPayload(bytes(1000)), FilePayload("holiday.jpg", bytes(1000))):
        assert len(container_bytes(Contents("RGB", 768, 512, payload, CHECKSUM))) - 1000 < 100


modes = st.sampled_from(MODES[:6])
sizes = st.integers(0, 1 << 26)
headers = st.one_of(
    st.builds(
        Header,
        st.just(Method.SREC),
        modes,
        st.integers(1, 5000),
        st.integers(1, 5000),
        st.sampled_from([1, 3]),
        st.integers(1, 6),
        st.sampled_from([64, 256, 512]),
        st.binary(min_size=32, max_size=32),
        sizes,
        sizes,
        st.integers(0, 3),
        st.integers(0, 1 << 60),
        st.integers(0, 1 << 20),
        learning=st.booleans(),
    ),
    st.builds(
        Header,
        st.just(Method.VERBATIM),
        st.sampled_from(MODES),
        st.integers(1, 1 << 20),
        st.integers(1, 512),
        payload_bytes=st.integers(0, 1 << 60),
    ),
)


@given(headers)
def test_headers_come_back(header: Header) -> None:
    data = pack_header(header)
    assert len(data) == header.header_bytes
    assert parse_header(data, header.file_bytes, "x.srec") == header


@pytest.mark.parametrize(
    "change",
    [
        {"width": 0},
        {"height": 1 << 21},
        {"width": 1 << 19, "height": 1 << 19},
        {"channels": 2},
        {"scale_count": 0},
        {"scale_count": 10},
        {"tile_size": 8192},
        {"model_id": b"short"},
        {"metadata_bytes": 1 << 31},
        {"base_bytes": 1 << 20},
        {"mode": "CMYK"},
        {"method": Method.WEBP},
    ],
)
def test_impossible_headers_are_not_written(change: dict[str, object]) -> None:
    header = Reader(container_bytes(network_contents())).header
    with pytest.raises(ValueError, match=r"\w"):
        pack_header(replace(header, **change))


def test_contents_that_do_not_fit_together_are_not_written() -> None:
    contents = network_contents()
    payload = contents.payload
    assert isinstance(payload, NetworkPayload)
    with pytest.raises(ValueError, match="chunks"):
        container_bytes(replace(contents, payload=replace(payload, chunks=payload.chunks[1:])))
    with pytest.raises(ValueError, match="checksum"):
        container_bytes(replace(contents, pixel_checksum=b""))
    with pytest.raises(ValueError, match="metadata"):
        container_bytes(replace(contents, metadata={"k" * 300: b""}))


def test_a_newer_version_is_named() -> None:
    data = bytearray(container_bytes(network_contents()))
    data[9] = 2
    with pytest.raises(NotSrecError, match="written by a newer version"):
        Reader(bytes(data))


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(DamagedFileError, match="is empty"):
        Reader(b"")


def test_a_file_spoilt_by_a_text_transfer_is_named() -> None:
    data = container_bytes(network_contents())
    for spoilt in (data.replace(b"\r\n", b"\n"), bytes([data[0] & 0x7F]) + data[1:]):
        with pytest.raises(DamagedFileError, match="as text"):
            Reader(spoilt)


def test_a_motorola_s_record_is_named() -> None:
    text = (
        b"S00F000068656C6C6F202020202000003C\r\nS11F00007C0802A6900100049421FFF07C6C1B787C8C23783C6000003863000026\r\n"
    )
    with pytest.raises(NotSrecError, match="Motorola"):
        Reader(text)


def test_a_file_of_the_original_program_is_named() -> None:
    stream = (40).to_bytes(2, "little") + (60).to_bytes(2, "little") + bytes(5 * 8 * 3 + 4500)
    with pytest.raises(NotSrecError, match="original SReC"):
        Reader(stream)


def test_a_file_that_is_not_there_or_a_folder_is_an_error_of_ours(tmp_path: Path) -> None:
    for path in (tmp_path / "none.srec", tmp_path):
        with pytest.raises(NotSrecError, match="cannot be opened"), open_reader(path):
            pass


def test_an_adaptation_comes_back_and_is_counted_in_the_header() -> None:
    contents = network_contents()
    assert isinstance(contents.payload, NetworkPayload)
    corrections = bytes(range(200))
    data = container_bytes(replace(contents, payload=replace(contents.payload, adaptation=corrections)))
    reader = Reader(data)
    assert reader.adaptation() == corrections
    assert reader.header.adaptation_bytes == reader.section_sizes()["adaptation"]
    assert sum(reader.section_sizes().values()) == len(data) == reader.header.file_bytes
    assert Reader(container_bytes(contents)).adaptation() == b""


def test_a_header_that_announces_an_empty_adaptation_is_refused() -> None:
    contents = network_contents()
    assert isinstance(contents.payload, NetworkPayload)
    data = bytearray(container_bytes(replace(contents, payload=replace(contents.payload, adaptation=b"some"))))
    data[76:80] = bytes(4)
    data[80:84] = crc32(data[:80]).to_bytes(4, "little")
    with pytest.raises(DamagedFileError, match="corrections are empty"):
        Reader(bytes(data))


@pytest.mark.parametrize("adaptation", [b"", b"corrections"])
def test_a_file_says_whether_its_streams_learn_and_is_no_longer_for_it(adaptation: bytes) -> None:
    files = []
    for learning in (False, True):
        contents = network_contents(learning=learning)
        assert isinstance(contents.payload, NetworkPayload)
        files.append(container_bytes(replace(contents, payload=replace(contents.payload, adaptation=adaptation))))
    plain, learned = map(Reader, files)
    assert (plain.header.learning, learned.header.learning) == (False, True)
    assert replace(learned.header, learning=False) == plain.header
    assert learned.adaptation() == adaptation
    assert (files[0][12] | 2, len(files[0])) == (files[1][12], len(files[1]))


FILES_WITH_FLAGS_OF_OTHERS = [(webp_contents(), 1), (webp_contents(), 2), (verbatim_contents(), 2)]
FILES_WITH_FLAGS_OF_OTHERS += [(network_contents(), 4), (network_contents(learning=True), 128)]


@pytest.mark.parametrize(("contents", "flag"), FILES_WITH_FLAGS_OF_OTHERS)
def test_a_flag_that_the_method_does_not_have_asks_for_a_newer_program(contents: Contents, flag: int) -> None:
    # This is also what a reader of before says of a file whose streams learn.
    data = bytearray(container_bytes(contents))
    end = Reader(bytes(data)).header.header_bytes - 4
    data[12] |= flag
    data[end : end + 4] = crc32(data[:end]).to_bytes(4, "little")
    with pytest.raises(NotSrecError, match=r"features that this program does not know. Update the program to open it"):
        Reader(bytes(data))


def test_a_header_of_another_method_is_not_written_with_streams_that_learn() -> None:
    for contents in (webp_contents(), verbatim_contents()):
        header = Reader(container_bytes(contents)).header
        with pytest.raises(ValueError, match="a network that it does not use"):
            pack_header(replace(header, learning=True))
