"""Choices that the standard leaves to an encoder: what libjpeg does costs nothing, anything else comes back too."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from srec_engine.jpeg import ZIGZAG, read_jpeg, write_jpeg
from tests.jpeg.examining import comes_back, oddities_of, reason_for, with_oddities
from tests.jpeg.writer import END_OF_BLOCK, SIXTEEN_ZEROS, Code, Scan, grey_jpeg, number, run
from tests.jpegs import jpeg_of

SAME_MEAN = number(0)


def means(blocks: int, **options: object) -> Scan:
    return Scan([[SAME_MEAN] * blocks], last=0, **options)  # type: ignore[arg-type]


def progressive(blocks: int, *scans: Scan, interval: int = 0) -> bytes:
    """A row of blocks, whose means are all the same."""
    return grey_jpeg(8 * blocks, 8, [means(blocks), *scans], progressive=True, interval=interval)


def band(codes: Sequence[Code], **options: object) -> Scan:
    return Scan([codes], first=1, **options)  # type: ignore[arg-type]


# --- runs of blocks that end at once ---------------------------------------------------------------------------------


def test_a_run_as_long_as_can_be_is_nothing_odd() -> None:
    assert oddities_of(comes_back(progressive(100, band([run(100)])))) == b""


def test_an_encoder_without_runs_costs_a_few_bytes() -> None:
    assert len(oddities_of(comes_back(progressive(500, band([END_OF_BLOCK] * 500))))) <= 8


def test_an_encoder_with_shorter_runs_costs_a_few_bytes() -> None:
    assert len(oddities_of(comes_back(progressive(500, band([run(63)] * 7 + [run(59)]))))) <= 8


def test_runs_may_be_cut_anywhere() -> None:
    cuts = [run(3), run(2), number(5), run(7), END_OF_BLOCK, run(4), number(-1, 15), run(3)]
    read = comes_back(progressive(20, band(cuts)))
    assert 0 < len(oddities_of(read)) < 16
    assert read.components[0][0, 5, 1] == 5
    assert read.components[0][0, 17].any()


def test_the_longest_run_is_cut_where_there_is_no_longer_one() -> None:
    # 300 × 300 blocks.
    scans = [means(90_000), band([run(0x7FFF), run(0x7FFF), run(90_000 - 2 * 0x7FFF)])]
    assert oddities_of(comes_back(grey_jpeg(2400, 2400, scans, progressive=True))) == b""


@pytest.mark.parametrize(("last", "odd"), [([run(2)], False), ([run(1), run(1)], True)])
def test_runs_end_with_restart_intervals(last: list[Code], odd: bool) -> None:
    # The ninth block has a coefficient: it and the tenth, which has none, end at once.
    intervals = [[run(4)], [run(4)], [number(3), *last]]
    scans = [Scan([[SAME_MEAN] * 4, [SAME_MEAN] * 4, [SAME_MEAN] * 2], last=0), Scan(intervals, first=1)]
    read = comes_back(grey_jpeg(80, 8, scans, progressive=True, interval=4))
    assert read.components[0][0, 8, 1] == 3
    assert bool(oddities_of(read)) == odd


def test_a_run_beyond_its_interval_is_refused() -> None:
    scans = [Scan([[SAME_MEAN] * 4, [SAME_MEAN] * 4], last=0), Scan([[run(5)], [run(3)]], first=1)]
    assert "goes too far" in reason_for(grey_jpeg(64, 8, scans, progressive=True, interval=4))


# --- refining bits ---------------------------------------------------------------------------------------------------

BUSY = [number(value) for value in (1, -1, 2) * 21]
"""A block without zeros."""


def refined(codes: Sequence[Code], blocks: int) -> bytes:
    return progressive(blocks, band(BUSY * blocks, shift=1), band(codes, refines=True))


def test_refining_bits_may_wait_longer_than_in_libjpeg() -> None:
    codes = [run(20), Code(None, "10" * (63 * 10))]
    read = comes_back(refined(codes, 20))
    assert 0 < len(oddities_of(read)) < 8
    assert read.components[0][0, 0, 1] == 3
    assert read.components[0][0, 0, 8] == -2


def test_the_buffer_of_libjpeg_is_nothing_odd() -> None:
    # A run ends behind the block with which more than 937 bits wait: the fifteenth.
    codes = [run(15), Code(None, "1" * (63 * 15)), run(5), Code(None, "0" * (63 * 5))]
    assert oddities_of(comes_back(refined(codes, 20))) == b""


@pytest.mark.parametrize(("waiting", "cut"), [(937, False), (938, True)])
def test_the_buffer_of_libjpeg_is_full_where_another_block_might_not_fit(waiting: int, cut: bool) -> None:
    rest = waiting - 14 * 63
    first = [*BUSY * 14, *BUSY[:rest], END_OF_BLOCK, *BUSY]
    runs = [(15, waiting), (1, 63)] if cut else [(16, waiting + 63)]
    codes = [code for blocks, bits in runs for code in (run(blocks), Code(None, "1" * bits))]
    assert oddities_of(comes_back(progressive(16, band(first, shift=1), band(codes, refines=True)))) == b""


def test_refining_runs_may_be_cut_anywhere() -> None:
    codes = [run(3), Code(None, "1" * 189), run(4), Code(None, "01" * 126), END_OF_BLOCK, Code(None, "1" * 63)]
    assert 0 < len(oddities_of(comes_back(refined(codes, 8)))) < 10


@pytest.mark.parametrize("quality", [90, 100])
def test_noise_as_libjpeg_refines_it_is_nothing_odd(quality: int) -> None:
    noise = np.random.default_rng(quality).integers(0, 256, (400, 600, 3), np.uint8)
    data = jpeg_of(Image.fromarray(noise), quality=quality, progressive=True)
    assert oddities_of(comes_back(data)) == b""


def test_new_coefficients_among_refined_ones_come_back() -> None:
    first = [number(1, 3), number(-1, 2), END_OF_BLOCK]
    # Three zeros, a bit for the fourth coefficient, one more zero, and the sixth is new; then a bit for the seventh.
    second = [Code(0x41, "1"), Code(None, "1"), END_OF_BLOCK, Code(None, "0")]
    read = comes_back(progressive(1, band(first, shift=1), band(second, refines=True)))
    values = read.components[0][0, 0]
    assert sorted(values[values != 0].tolist()) == [-2, 1, 3]
    assert oddities_of(read) == b""


# --- zeros that need not be told of ----------------------------------------------------------------------------------


@pytest.mark.parametrize("runs", [1, 2, 3])
def test_zero_runs_before_the_end_of_a_block_come_back(runs: int) -> None:
    blocks = [SAME_MEAN, number(7), *[SIXTEEN_ZEROS] * runs, END_OF_BLOCK, SAME_MEAN, END_OF_BLOCK]
    read = comes_back(grey_jpeg(16, 8, [Scan([blocks])], progressive=False))
    assert 0 < len(oddities_of(read)) < 10


def test_zero_runs_up_to_the_last_coefficient_need_no_end() -> None:
    blocks = [SAME_MEAN, *[number(1)] * 15, *[SIXTEEN_ZEROS] * 3, SAME_MEAN, *[SIXTEEN_ZEROS] * 2, END_OF_BLOCK]
    comes_back(grey_jpeg(16, 8, [Scan([blocks])], progressive=False))


def test_zero_runs_beyond_the_last_coefficient_are_refused() -> None:
    blocks = [SAME_MEAN, *[SIXTEEN_ZEROS] * 4]
    assert "goes too far" in reason_for(grey_jpeg(8, 8, [Scan([blocks])], progressive=False))


def test_zero_runs_before_the_end_of_a_progressive_block_come_back() -> None:
    codes = [run(2), SIXTEEN_ZEROS, run(3), number(2), SIXTEEN_ZEROS, SIXTEEN_ZEROS, END_OF_BLOCK]
    assert 0 < len(oddities_of(comes_back(progressive(6, band(codes))))) < 16


def test_zero_runs_before_the_end_of_a_refined_block_come_back() -> None:
    first = [number(1, 9), number(1, 9), END_OF_BLOCK] * 2
    # Coefficients 10 and 20 are known. There are 16 zeros up to 17, and again up to 34: each has one among them.
    one = [SIXTEEN_ZEROS, Code(None, "1"), SIXTEEN_ZEROS, Code(None, "0"), END_OF_BLOCK]
    # The third coefficient is new. Behind it 16 zeros have both among them, the next 16 have none.
    other = [Code(0x21, "1"), SIXTEEN_ZEROS, Code(None, "01"), SIXTEEN_ZEROS, END_OF_BLOCK]
    read = comes_back(progressive(2, band(first, shift=1), band([*one, *other], refines=True)))
    assert 0 < len(oddities_of(read)) <= 10
    zigzag = read.components[0][0][:, ZIGZAG]
    assert [zigzag[0, 10], zigzag[0, 20], zigzag[1, 3], zigzag[1, 10], zigzag[1, 20]] == [3, 2, 1, 2, 3]


def test_more_oddities_than_are_worth_it_are_refused() -> None:
    block = [SAME_MEAN, SIXTEEN_ZEROS, END_OF_BLOCK]
    count = (1 << 16) + 1
    side = 8 * 257
    plain = [SAME_MEAN, END_OF_BLOCK] * (257 * 257 - count)
    assert "too odd" in reason_for(grey_jpeg(side, side, [Scan([block * count + plain])], progressive=False))
    comes_back(
        grey_jpeg(side, side, [Scan([block * (count - 1) + plain + [SAME_MEAN, END_OF_BLOCK]])], progressive=False)
    )


# --- all at once -----------------------------------------------------------------------------------------------------

BLOCKS = 60


def refined_twice(interval: int) -> bytes:
    """Headers of a picture with a scan of each kind, whose pixels are nothing; they are for what is written into it."""
    places = range(0, BLOCKS, interval or BLOCKS)
    counts = [min(interval or BLOCKS, BLOCKS - place) for place in places]
    zeros = [[Code(None, "0")] * count for count in counts]
    ends = [[run(count)] for count in counts]
    scans = [
        Scan([[SAME_MEAN] * count for count in counts], last=0, shift=1),
        Scan(zeros, last=0, refines=True),
        Scan(ends, first=1, last=5, shift=2),
        Scan(ends, first=6, shift=2),
        Scan(ends, first=1, shift=1, refines=True),
        Scan(ends, first=1, refines=True),
    ]
    return grey_jpeg(80, 48, scans, progressive=True, interval=interval)


def odd_numbers(random: np.random.Generator) -> list[int]:
    """Oddities for all scans but the first two; where nothing but zeros follows coefficient 15, two zero runs fit."""
    numbers = [int(random.integers(2))]
    for scan in range(2, 6):
        cuts = np.flatnonzero(random.random(BLOCKS) < random.random() ** 2)
        places = np.flatnonzero(random.random(BLOCKS) < random.random() ** 2) if scan > 2 else cuts[:0]
        numbers += [2 if scan == 2 else 0, int(random.choice([0, 0x7FFF - 7])), 0, len(cuts)]
        numbers += [*np.diff(cuts, prepend=0).tolist(), len(places)]
        for distance in np.diff(places, prepend=0).tolist():
            numbers += [distance, int(random.integers(1, 3))]
    return numbers


def pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


@pytest.mark.parametrize("seed", range(40))
def test_libjpeg_reads_the_same_picture_whatever_was_chosen(seed: int) -> None:
    random = np.random.default_rng(seed)
    skeleton = read_jpeg(refined_twice(int(random.choice([0, 7])))).skeleton
    zigzag = np.zeros((6, 10, 64), np.int16)
    known = random.random((6, 10, 16)) < random.random()
    zigzag[..., :16] = np.where(known, random.integers(-9, 10, (6, 10, 16)), 0)
    coefficients = np.zeros_like(zigzag)
    coefficients[..., ZIGZAG] = zigzag
    usual = write_jpeg(skeleton, [coefficients], "usual")
    odd = write_jpeg(with_oddities(skeleton, odd_numbers(random)), [coefficients], "odd")
    assert odd != usual
    assert np.array_equal(pixels(odd), pixels(usual))
    assert oddities_of(comes_back(usual)) == b""
    read = comes_back(odd)
    assert np.array_equal(read.components[0], coefficients)


# --- padding, markers, what lies behind a scan -----------------------------------------------------------------------


def intervals(count: int) -> list[list[Code]]:
    """Of one block each, which fills another part of its last byte each time."""
    return [[number(1 << place % 5), END_OF_BLOCK] for place in range(count)]


@pytest.mark.parametrize(("padding", "cost"), [("1", 0), ("0", 1), ("01", 31), ("0011", 31)])
def test_padding_of_any_kind_comes_back(padding: str, cost: int) -> None:
    scan = Scan(intervals(30), padding=padding)
    assert len(oddities_of(comes_back(grey_jpeg(240, 8, [scan], progressive=False, interval=1)))) == cost


@pytest.mark.parametrize("behind", [b"\0", b"\x12\x34", b"\xff\xd3", b"\xff\0\xff\0", b"\xff\xff\xff", bytes(3000)])
def test_what_lies_behind_the_last_block_of_a_scan_stays_in_the_headers(behind: bytes) -> None:
    scan = Scan(intervals(5), behind=behind)
    read = comes_back(grey_jpeg(40, 8, [scan], progressive=False, interval=1))
    assert behind in read.skeleton
    assert oddities_of(read) == b""


@pytest.mark.parametrize("markers", [[0, 1, 1, 3], [1, 2, 3, 4], [0, 0, 0, 0]])
def test_restart_markers_out_of_order_are_refused(markers: list[int]) -> None:
    scan = Scan(intervals(5), markers=markers)
    assert "restart markers" in reason_for(grey_jpeg(40, 8, [scan], progressive=False, interval=1))


def test_missing_restart_markers_are_refused() -> None:
    data = grey_jpeg(40, 8, [Scan([[code for codes in intervals(5) for code in codes]])], progressive=False, interval=1)
    assert "restart markers" in reason_for(data)


def test_bytes_before_a_restart_marker_are_refused() -> None:
    odd = intervals(5)
    odd[2] = [*odd[2], Code(None, "0" * 16)]
    assert "restart markers" in reason_for(grey_jpeg(40, 8, [Scan(odd)], progressive=False, interval=1))


def test_padding_of_progressive_scans_comes_back() -> None:
    first = [number(1), number(-1), END_OF_BLOCK]
    second = [END_OF_BLOCK, Code(None, "01")]
    scans = [
        Scan([[SAME_MEAN], [number(3)]], last=0, shift=1, padding="01"),
        Scan([[Code(None, "1")], [Code(None, "0")]], last=0, refines=True, padding="0001"),
        Scan([first, first], first=1, shift=1, padding="011"),
        Scan([second, second], first=1, refines=True, padding="100"),
    ]
    read = comes_back(grey_jpeg(16, 8, scans, progressive=True, interval=1))
    assert read.components[0][0, :, 0].tolist() == [1, 6]
    assert len(oddities_of(read)) == 1 + 2 * len(scans)


def test_more_than_eight_restart_markers_count_round_again() -> None:
    assert oddities_of(comes_back(grey_jpeg(240, 8, [Scan(intervals(30))], progressive=False, interval=1))) == b""
