"""The bits of a JPEG are counted where they belong, all of them, whatever the file is."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data as photographs

from srec_engine.analysis.jpeg_bands import BANDS
from srec_engine.analysis.jpeg_parts import JpegPart, JpegPartKind, jpeg_parts
from srec_engine.errors import DamagedFileError

COLOUR = ("Y", "Cb", "Cr")


@pytest.fixture(scope="module")
def cat() -> Image.Image:
    """451 × 300: neither whole blocks across nor, with subsampling, whole MCUs down."""
    return Image.fromarray(photographs.chelsea())  # type: ignore[no-untyped-call]


def saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def counted(data: bytes) -> dict[str, int]:
    """Bits by name, after what holds for every file was looked at."""
    parts = jpeg_parts(data)
    assert sum(part.bits for part in parts) == 8 * len(data)
    assert all(part.bits > 0 for part in parts)
    assert len({part.name for part in parts}) == len(parts)
    places = [list(JpegPartKind).index(part.kind) for part in parts if not part.channel]
    assert places == sorted(places)
    return {part.name: part.bits for part in parts}


def of_kind(data: bytes, kind: JpegPartKind) -> int:
    return sum(part.bits for part in jpeg_parts(data) if part.kind is kind)


def scans_of(data: bytes) -> list[bytes]:
    """Coded bytes of each scan of a file without restarts: found in another way than the program finds them."""
    scans = []
    for after in data.split(b"\xff\xda")[1:]:
        coded = after[int.from_bytes(after[:2], "big") :] + b"\xff\xda"
        end = next(i for i in range(len(coded) - 1) if coded[i] == 0xFF and coded[i + 1] != 0)
        scans.append(coded[:end])
    return scans


VARIANTS: dict[str, dict[str, object]] = {
    "4:4:4": {"subsampling": 0},
    "4:2:2": {"subsampling": 1},
    "4:2:0": {"subsampling": 2},
    "optimised": {"optimize": True},
    "fine": {"quality": 98, "subsampling": 0},
    "coarse": {"quality": 5},
    "progressive": {"progressive": True},
    "progressive 4:4:4": {"progressive": True, "subsampling": 0, "quality": 97},
    "progressive 4:2:2": {"progressive": True, "subsampling": 1, "quality": 30},
}

MODES = {"L": ("grey",), "RGB": COLOUR, "CMYK": ("C", "M", "Y", "K")}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("mode", MODES)
def test_every_bit_of_a_photograph_is_told_apart(cat: Image.Image, variant: str, mode: str) -> None:
    options = dict(VARIANTS[variant])
    if mode != "RGB":
        options.pop("subsampling", None)
    data = saved(cat.convert(mode), **options)
    counted(data)
    parts = jpeg_parts(data)
    assert tuple(part.channel for part in parts if part.kind is JpegPartKind.DC) == MODES[mode]
    assert all(part.band in BANDS for part in parts if part.kind is JpegPartKind.AC)
    assert of_kind(data, JpegPartKind.PIXELS) == 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_blocks_end_where_the_scan_ends_but_for_less_than_a_byte_of_ones(cat: Image.Image, variant: str) -> None:
    data = saved(cat, **VARIANTS[variant])
    scans = scans_of(data)
    stuffed = sum(scan.count(b"\xff\x00") for scan in scans)
    filling = of_kind(data, JpegPartKind.PADDING) - 8 * stuffed
    assert 0 <= filling < 8 * len(scans)
    if len(scans) == 1:
        (scan,) = scans
        assert scan.removesuffix(b"\0")[-1] & ((1 << filling) - 1) == (1 << filling) - 1


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (8, 8), (9, 7), (16, 1), (17, 33), (1, 100)])
@pytest.mark.parametrize("variant", VARIANTS)
def test_pictures_that_are_not_whole_blocks_are_told_apart(
    cat: Image.Image, variant: str, size: tuple[int, int]
) -> None:
    for mode in MODES:
        data = saved(cat.convert(mode).resize(size), **VARIANTS[variant])
        assert of_kind(data, JpegPartKind.PIXELS) == 0
        counted(data)


@pytest.mark.parametrize(
    "restarts", [{"restart_marker_blocks": 1}, {"restart_marker_blocks": 7}, {"restart_marker_rows": 1}]
)
@pytest.mark.parametrize("variant", VARIANTS)
def test_restarts_cost_their_markers_and_what_fills_bytes_before_them(
    cat: Image.Image, variant: str, restarts: dict[str, object]
) -> None:
    data = saved(cat, **VARIANTS[variant], **restarts)
    counted(data)
    assert of_kind(data, JpegPartKind.PIXELS) == 0
    coded = data[data.index(b"\xff\xda") :]
    markers = sum(coded.count(bytes([0xFF, code])) for code in range(0xD0, 0xD8))
    assert markers > 10
    scans = coded.count(b"\xff\xda")
    filling = of_kind(data, JpegPartKind.PADDING) - 8 * coded.count(b"\xff\x00") - 16 * markers
    assert 0 <= filling < 8 * (markers + scans)


def test_a_flat_picture_has_one_code_for_each_block_and_no_high_frequencies() -> None:
    flat = saved(Image.new("L", (80, 80), 90))
    bits = counted(flat)
    # Tables of Annex K: (0, 0) has four bits; the 99 means that are as the one before have two, the first has more.
    assert bits["AC grey, 1 to 5"] == 100 * 4
    assert 99 * 2 < bits["DC grey"] < 99 * 2 + 20
    assert not any(name.startswith("AC") for name in bits if name != "AC grey, 1 to 5")


def test_what_quantisation_takes_away_costs_nothing(cat: Image.Image) -> None:
    # Pillow takes tables in the order of rows; index of the diagonal is row + column.
    diagonals = np.add.outer(np.arange(8), np.arange(8)).ravel()
    kept = [1 if diagonal < 5 else 255 for diagonal in diagonals]
    low = Image.fromarray(np.asarray(cat.convert("L").resize((451, 300))) // 4 + 90)
    bits = counted(saved(low, qtables=[kept]))
    assert "AC grey, 28 to 63" not in bits
    # Blocks that end right behind the last kept coefficient end at 15: a code of four bits or none.
    assert bits["AC grey, 15 to 27"] < 4.5 * 57 * 38
    assert bits["AC grey, 6 to 14"] > 20 * 57 * 38


def cosine(u: int, v: int) -> NDArray[np.uint8]:
    """A block whose only coefficients are its mean and that of u half-waves across and v down."""
    places = (2 * np.arange(8) + 1) * np.pi / 16
    block: NDArray[np.uint8] = np.rint(128 + 60 * np.outer(np.cos(v * places), np.cos(u * places))).astype(np.uint8)
    return block


@pytest.mark.parametrize(
    ("u", "v", "band"),
    [(1, 0, (1, 5)), (1, 1, (1, 5)), (0, 3, (6, 14)), (3, 3, (15, 27)), (4, 4, (28, 63)), (7, 7, (28, 63))],
)
@pytest.mark.parametrize("progressive", [False, True])
def test_a_picture_of_one_frequency_has_its_bits_in_the_band_of_it(
    u: int, v: int, band: tuple[int, int], progressive: bool
) -> None:
    picture = Image.fromarray(np.tile(cosine(u, v), (10, 10)))
    data = saved(picture, qtables=[[40] * 64], progressive=progressive)
    parts = {part.band: part.bits for part in jpeg_parts(data) if part.kind is JpegPartKind.AC}
    assert parts[band] >= 100 * 3
    assert parts[band] == max(parts.values())
    for other, bits in parts.items():
        # What else there is: ends of blocks, behind the coefficient, and scans of other bands that have nothing.
        assert other == band or bits <= (80 if progressive else 4 * 100)


class Bits:
    """Writes a scan: bits, filled with ones to whole bytes, with a zero behind each FF."""

    def __init__(self) -> None:
        self._text = ""
        self._before = b""

    def __call__(self, *codes: str) -> Bits:
        self._text += "".join(codes)
        return self

    def restart(self, number: int) -> Bits:
        self._before, self._text = self.coded + bytes([0xFF, 0xD0 + number]), ""
        return self

    @property
    def coded(self) -> bytes:
        text = self._text + "1" * (-len(self._text) % 8)
        plain = bytes(int(text[place : place + 8], 2) for place in range(0, len(text), 8))
        return self._before + plain.replace(b"\xff", b"\xff\0")


DC_SYMBOLS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
AC_SYMBOLS = (0x00, 0x01, 0x02, 0x11, 0xF0, 0x71, 0x10, 0x20, 0x30, 0x31, 0x21, 0x03, 0x41)


def dc(symbol: int, bits: str = "") -> str:
    """A code of four bits, and the bits of a difference."""
    assert len(bits) == symbol
    return f"{DC_SYMBOLS.index(symbol):04b}{bits}"


def ac(symbol: int, bits: str = "") -> str:
    """A code of seven bits, and what is behind it."""
    return f"{AC_SYMBOLS.index(symbol):07b}{bits}"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def built(
    frame: int,
    size: tuple[int, int],
    sampling: Iterable[int],
    scans: Iterable[tuple[tuple[int, ...], tuple[int, int, int], bytes]],
    interval: int = 0,
    precision: int = 8,
) -> bytes:
    """A JPEG of components with these sampling factors; each scan has components, (Ss, Se, AhAl) and coded bytes."""
    factors = list(sampling)
    components = b"".join(bytes([index + 1, factor, 0]) for index, factor in enumerate(factors))
    lengths = bytes([0, 0, 0, len(DC_SYMBOLS)] + [0] * 12), bytes([0] * 6 + [len(AC_SYMBOLS)] + [0] * 9)
    data = b"\xff\xd8" + segment(0xDB, bytes([0] + [1] * 64))
    data += segment(0xC0 + frame, struct.pack(">BHHB", precision, size[1], size[0], len(factors)) + components)
    data += segment(0xC4, b"\x00" + lengths[0] + bytes(DC_SYMBOLS) + b"\x10" + lengths[1] + bytes(AC_SYMBOLS))
    if interval:
        data += segment(0xDD, interval.to_bytes(2, "big"))
    for members, numbers, coded in scans:
        chosen = b"".join(bytes([member + 1, 0]) for member in members)
        data += segment(0xDA, bytes([len(members)]) + chosen + bytes(numbers)) + coded
    return data + b"\xff\xd9"


def read_by_pillow(data: bytes) -> None:
    """What was built here is a JPEG to libjpeg, too."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()


WHOLE = (0, 63, 0)


def test_codes_count_to_the_coefficient_that_they_end_at() -> None:
    coded = Bits()(
        dc(3, "101"),
        ac(0x02, "11"),  # 1
        ac(0x41, "1"),  # 6
        ac(0xF0),  # sixteen zeros, and seven more: 30
        ac(0x71, "0"),
        ac(0x00),  # 31
        dc(0),
        ac(0x00),  # 1
    )
    data = built(0, (16, 8), [0x11], [((0,), WHOLE, coded.coded)])
    read_by_pillow(data)
    bits = counted(data)
    assert bits["DC grey"] == 7 + 4
    assert bits["AC grey, 1 to 5"] == 9 + 7
    assert bits["AC grey, 6 to 14"] == 8
    assert "AC grey, 15 to 27" not in bits
    assert bits["AC grey, 28 to 63"] == 7 + 8 + 7


def test_channels_that_lie_one_after_the_other_have_blocks_of_their_own_size() -> None:
    # 17 × 9 with 4:2:0: 3 × 2 blocks of Y (not 4 × 2), 2 × 1 of the others.
    blank, other = dc(0) + ac(0x00), dc(1, "1") + ac(0x00)
    scans = [
        ((0,), WHOLE, Bits()(blank * 6).coded),
        ((1,), WHOLE, Bits()(other * 2).coded),
        ((2,), WHOLE, Bits()(blank * 2).coded),
    ]
    data = built(0, (17, 9), [0x22, 0x11, 0x11], scans)
    read_by_pillow(data)
    bits = counted(data)
    assert (bits["DC Y"], bits["AC Y, 1 to 5"]) == (6 * 4, 6 * 7)
    assert (bits["DC Cb"], bits["DC Cr"]) == (2 * 5, 2 * 4)
    together = built(
        0, (17, 9), [0x22, 0x11, 0x11], [((0, 1, 2), WHOLE, Bits()((blank * 4 + other + blank) * 2).coded)]
    )
    read_by_pillow(together)
    bits = counted(together)
    assert (bits["DC Y"], bits["DC Cb"], bits["AC Cr, 1 to 5"]) == (8 * 4, 2 * 5, 2 * 7)


def progressive(*scans: tuple[tuple[int, int, int], Bits], interval: int = 0) -> bytes:
    """Four blocks of grey, 32 × 8."""
    return built(2, (32, 8), [0x11], [((0,), numbers, coded.coded) for numbers, coded in scans], interval)


FIRST_MEANS = ((0, 0, 0x01), Bits()(dc(2, "10"), dc(0) * 3))


def test_a_run_of_ended_blocks_counts_to_where_it_begins_and_refinement_to_what_it_refines() -> None:
    first = Bits()(
        ac(0x01, "1"),  # block 0: coefficient 1
        ac(0x41, "0"),  # 6
        ac(0x10, "1"),  # an end at 7, of 3 blocks
        ac(0x31, "1"),  # block 3: 4
        ac(0x00),  # 5
    )
    refined = Bits()(
        ac(0x11, "1"),  # block 0: over 1 (refined), the zeros 2, to 3
        "0",  # the bit of 1
        ac(0x00),  # the end from 4
        "1",  # the bit of 6
        ac(0x10, "1"),  # blocks 1, 2, and 3: end at 1
        "1",  # block 3: the bit of 4
    )
    data = progressive(FIRST_MEANS, ((1, 10, 0x01), first), ((0, 0, 0x10), Bits()("1011")), ((1, 10, 0x10), refined))
    read_by_pillow(data)
    bits = counted(data)
    assert "coded pixels" not in bits
    assert bits["DC grey"] == 6 + 3 * 4 + 4
    # First: 1, 4 and the end at 5. Then 3, 1, the end at 4, the end of three at 1, and 4.
    assert bits["AC grey, 1 to 5"] == (8 + 8 + 7) + (8 + 1 + 7 + 8 + 1)
    assert bits["AC grey, 6 to 14"] == (8 + 8) + 1


def test_sixteen_zeros_of_a_refinement_leave_out_what_is_refined_between_them() -> None:
    first = Bits()(ac(0x21, "1"), ac(0x20, "00"), ac(0x00).replace("0000000", ""))
    refined = Bits()(
        ac(0xF0),  # sixteen zeros beside 3: up to 17
        "1",
        ac(0x01, "0"),  # 18
        ac(0x20, "00"),  # the end at 19, of 4 blocks
    )
    data = progressive(FIRST_MEANS, ((1, 63, 0x01), first), ((1, 63, 0x10), refined))
    read_by_pillow(data)
    bits = counted(data)
    assert bits["AC grey, 1 to 5"] == 8 + 9 + 1
    assert bits["AC grey, 15 to 27"] == 7 + 8 + 9


def test_a_run_of_ended_blocks_may_not_go_over_a_restart() -> None:
    whole = Bits()(ac(0x10, "0")).restart(0)(ac(0x10, "0"))
    over = Bits()(ac(0x20, "00")).restart(0)(ac(0x10, "0"))
    means = ((0, 0, 0), Bits()(dc(0) * 2).restart(0)(dc(0) * 2))
    assert "coded pixels" not in counted(progressive(means, ((1, 63, 0), whole), interval=2))
    assert counted(progressive(means, ((1, 63, 0), over), interval=2))["coded pixels"] == 8 * len(over.coded)


@pytest.mark.parametrize(
    "coded",
    [
        "1" * 64,  # no code
        dc(0) + ac(0xF0) * 4,  # 64 zeros
        dc(0) + ac(0xF0) * 2 + ac(0x71, "0") + ac(0x41, "0") + ac(0x11, "0") + ac(0xF0),  # zeros to 63
        dc(0) + ac(0x10) + ac(0x00),  # a run without a size
        dc(0) + ac(0x00) + "0" * 16,  # bytes behind the blocks
        dc(0),  # cut off
        "",
    ],
)
def test_a_scan_that_is_damaged_is_one_part(coded: str) -> None:
    content = Bits()(coded).coded
    bits = counted(built(0, (8, 8), [0x11], [((0,), WHOLE, content)]))
    assert bits.get("coded pixels", 0) == 8 * len(content)
    assert not any(name.startswith(("AC", "DC")) for name in bits)


@pytest.mark.parametrize("frame", [3, 5, 6, 7, 9, 10, 11, 13, 14, 15])
def test_ways_of_coding_that_are_not_looked_into_have_one_part_of_coded_pixels(frame: int) -> None:
    content = Bits()(dc(0), ac(0x00)).coded
    data = built(frame, (8, 8), [0x11], [((0,), WHOLE, content)])
    assert counted(data)["coded pixels"] == 8 * len(content)


@pytest.mark.parametrize(
    "change",
    [
        {"precision": 12},
        {"size": (8, 0)},
        {"size": (0, 8)},
        {"sampling": [0x51]},
        {"sampling": [0x01]},
        {"sampling": [0x11] * 5},
        {"frame": 2, "size": (65535, 65535)},
        {"scans": [((), WHOLE, b"\x00\x7f")]},
        {"scans": [((3,), WHOLE, b"\x00\x7f")]},
        {"scans": [((0, 0), WHOLE, b"\x00\x7f")]},
        {"frame": 2, "scans": [((0,), WHOLE, b"\x00\x7f")]},
        {"frame": 2, "scans": [((0,), (9, 64, 0), b"\x00\x7f")]},
        {"frame": 2, "scans": [((0,), (9, 8, 0), b"\x00\x7f")]},
        {"interval": 1, "size": (64, 64)},
    ],
)
def test_headers_that_cannot_be_leave_one_part_of_coded_pixels(change: dict[str, object]) -> None:
    usual: dict[str, object] = {
        "frame": 0,
        "size": (8, 8),
        "sampling": [0x11],
        "scans": [((0,), WHOLE, Bits()(dc(0), ac(0x00)).coded)],
    }
    make: Callable[..., bytes] = built
    assert "coded pixels" not in counted(make(**usual))
    assert counted(make(**{**usual, **change}))["coded pixels"] == 16


def test_scans_without_end_are_not_all_looked_into() -> None:
    scans = [((0,), WHOLE, Bits()(dc(0), ac(0x00)).coded)] * 1000
    bits = counted(built(0, (8, 8), [0x11], scans))
    assert 0 < bits["DC grey"] < 4 * 1000
    assert bits["coded pixels"] > 0


def test_a_picture_that_only_says_that_it_is_huge_is_answered_at_once() -> None:
    few = Bits()((dc(0) + ac(0x00)) * 40).coded
    bits = counted(built(0, (65535, 65535), [0x11], [((0,), WHOLE, few)]))
    assert bits["coded pixels"] == 8 * len(few)


def test_metadata_and_tables_have_the_bytes_of_their_segments(cat: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera" * 50
    plain = counted(saved(cat))
    told = counted(saved(cat, comment=b"a cat", exif=exif))
    jfif = 18
    assert plain["metadata"] == 8 * jfif
    assert told["metadata"] == 8 * (jfif + 4 + len(b"a cat") + 4 + len(exif.tobytes()))
    assert {name: bits for name, bits in told.items() if name != "metadata"} == {
        name: bits for name, bits in plain.items() if name != "metadata"
    }
    # Start, 2 quantisation tables, frame, 4 Huffman tables, scan, end.
    assert plain["tables and headers"] == 8 * (2 + 2 * 69 + 19 + 2 * 33 + 2 * 183 + 14 + 2)


def test_what_follows_the_end_is_a_part_of_its_own(cat: Image.Image) -> None:
    plain = saved(cat)
    bits = counted(plain + plain)
    assert bits.pop("behind the picture") == 8 * len(plain)
    assert bits == counted(plain)


def test_bytes_between_segments_are_padding(cat: Image.Image) -> None:
    plain = saved(cat)
    at = plain.index(b"\xff\xdb")
    bits = counted(plain[:at] + b"\0\0\0\xff\xff" + plain[at:])
    assert bits["restarts and padding"] == counted(plain)["restarts and padding"] + 8 * 5


def test_fill_bytes_before_a_marker_are_padding(cat: Image.Image) -> None:
    plain = saved(cat)
    bits = counted(plain[:-2] + b"\xff\xff" + plain[-2:])
    assert bits["restarts and padding"] == counted(plain)["restarts and padding"] + 16
    assert bits["DC Y"] == counted(plain)["DC Y"]


@pytest.mark.parametrize("variant", ["4:2:0", "progressive"])
def test_a_file_that_is_cut_off_anywhere_adds_up(cat: Image.Image, variant: str) -> None:
    data = saved(cat.resize((60, 40)), **VARIANTS[variant], restart_marker_blocks=5)
    for end in range(2, len(data)):
        counted(data[:end])
    cut = counted(data[: len(data) - 10])
    assert cut["coded pixels"] > 0


def test_a_cut_scan_of_a_progressive_picture_leaves_the_scans_before_it_told_apart(cat: Image.Image) -> None:
    data = saved(cat, progressive=True)
    whole, cut = counted(data), counted(data[: len(data) * 2 // 3])
    assert cut["coded pixels"] > 0
    assert 0 < cut["DC Y"] <= whole["DC Y"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_flipped_bits_anywhere_add_up(cat: Image.Image, variant: str) -> None:
    random = np.random.default_rng(7)
    data = saved(cat.resize((70, 50)), **VARIANTS[variant])
    for flips in range(300):
        changed = np.frombuffer(data, np.uint8).copy()
        places = random.integers(2, len(data), 1 + flips % 5)
        changed[places] ^= (1 << random.integers(0, 8, len(places))).astype(np.uint8)
        counted(changed.tobytes())


def test_scans_of_noise_end(cat: Image.Image) -> None:
    random = np.random.default_rng(11)
    data = saved(cat, progressive=True)
    at = data.index(b"\xff\xda") + 14
    for size in (1, 3, 100, 5000):
        counted(data[:at] + random.integers(0, 255, size, np.uint8).tobytes() + data[at:])
        counted(data[:at] + random.integers(0, 255, size, np.uint8).tobytes())


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x89PNG\r\n\x1a\n", b"\0\xff\xd8"])
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedFileError, match="not a JPEG"):
        jpeg_parts(data)


def test_the_shortest_beginning_of_a_jpeg_has_two_bytes_of_headers() -> None:
    assert jpeg_parts(b"\xff\xd8") == (JpegPart(JpegPartKind.TABLES, "", None, 16),)


@pytest.mark.parametrize(
    ("options", "channels"), [({"keep_rgb": True}, ("R", "G", "B")), ({"keep_rgb": False}, COLOUR)]
)
def test_channels_are_called_what_the_file_says(
    cat: Image.Image, options: dict[str, object], channels: tuple[str, ...]
) -> None:
    parts = jpeg_parts(saved(cat, **options))
    assert tuple(part.channel for part in parts if part.kind is JpegPartKind.DC) == channels


def test_names_are_what_people_read() -> None:
    assert JpegPart(JpegPartKind.AC, "Cb", (6, 14), 1).name == "AC Cb, 6 to 14"
    assert JpegPart(JpegPartKind.DC, "grey", None, 1).name == "DC grey"
    assert JpegPart(JpegPartKind.BEHIND, "", None, 1).name == "behind the picture"


def test_bands_are_whole_diagonals_and_all_of_them() -> None:
    assert [index for first, last in BANDS for index in range(first, last + 1)] == list(range(1, 64))
    starts = {diagonal * (diagonal + 1) // 2 for diagonal in range(8)}
    assert {first for first, _ in BANDS} <= starts
