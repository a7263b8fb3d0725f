"""Colours mean the same everywhere: lighter is more, zero is the middle, what lies beyond is marked."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from srec_engine import BELOW, BEYOND, Layer, Part, ValueRange, byte_scale, colour_table, default_range, draw_map
from srec_engine.analysis.picture import unit_text


def lightness(table: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIE L* of sRGB colours (n, 3)."""
    shares = table / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)


def test_costs_span_zero_to_eight_bits_unless_told_otherwise() -> None:
    for layer in (Layer.COST, Layer.EXPECTED_COST):
        for part in Part:
            assert default_range(layer, part) == ValueRange(0, 8)


def test_more_bits_are_lighter_in_steps_that_look_alike() -> None:
    limits = ValueRange(0, 8)
    light = lightness(colour_table(Layer.COST, Part.ALL, limits)[: 8 * 16 + 1])
    steps = np.diff(light)
    assert (steps > 0).all()
    assert steps.max() < 4 * steps.mean()
    assert light[0] < 2
    assert light[-1] > 95


def test_residuals_diverge_around_zero() -> None:
    limits = ValueRange(-16, 16)
    table = colour_table(Layer.RESIDUAL, Part.ALL, limits)
    zero = round(byte_scale(Layer.RESIDUAL, Part.ALL).byte(0))
    light = lightness(table)
    assert light[zero] == light[zero - 16 : zero + 17].min()
    for distance in range(1, 17):
        less, more = table[zero - distance].astype(int), table[zero + distance].astype(int)
        assert less[2] > less[0], "negative is blue"
        assert more[0] > more[2], "positive is orange"
        assert abs(light[zero - distance] - light[zero + distance]) < 12


@pytest.mark.parametrize(("layer", "below"), [(Layer.COST, BELOW), (Layer.RESIDUAL, BEYOND)])
def test_what_lies_beyond_the_range_is_marked_and_nothing_else(layer: Layer, below: tuple[int, int, int]) -> None:
    limits = ValueRange(2.0, 5.0) if layer is Layer.COST else ValueRange(-5.0, 5.0)
    scale = byte_scale(layer, Part.ALL)
    low, high = round(scale.byte(limits.low)), round(scale.byte(limits.high))
    table = [tuple(int(level) for level in colour) for colour in colour_table(layer, Part.ALL, limits)]
    assert set(table[:low]) == {below}
    assert set(table[high + 1 :]) == {BEYOND}
    assert not {BELOW, BEYOND} & set(table[low : high + 1])


@pytest.mark.parametrize("layer", [Layer.COST, Layer.RESIDUAL])
def test_a_saved_map_has_its_colours_and_a_bar_of_all_of_them(layer: Layer) -> None:
    limits = default_range(layer, Part.ALL)
    table = colour_table(layer, Part.ALL, limits)
    plane = np.arange(400 * 30, dtype=np.uint32).reshape(30, 400).astype(np.uint8)
    sheet = np.asarray(draw_map(plane, layer, Part.ALL, limits, "a title"))
    assert np.array_equal(sheet[:30], table[plane])
    scale = byte_scale(layer, Part.ALL)
    wanted = {tuple(table[byte]) for byte in range(round(scale.byte(limits.low)), round(scale.byte(limits.high)) + 1)}
    bar = {tuple(colour) for colour in sheet[44]}
    assert wanted <= bar


@pytest.mark.parametrize(("height", "width"), [(20_000, 8), (65_000, 1), (5, 5)])
def test_a_saved_map_that_is_narrow_is_enlarged_as_far_as_it_stays_small(height: int, width: int) -> None:
    limits = default_range(Layer.COST, Part.ALL)
    sheet = draw_map(np.zeros((height, width), np.uint8), Layer.COST, Part.ALL, limits)
    assert sheet.width >= 320
    assert sheet.height <= max(height, 4096) + 100


def test_bits_of_a_scale_are_not_called_bits_of_the_picture() -> None:
    assert unit_text(Layer.COST, Part.ALL) == "bits per subpixel of this scale"
