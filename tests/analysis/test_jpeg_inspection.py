"""A packed JPEG looked into: bits add up, pictures of bands are those of the JPEG, and blocks say what the maps say."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import (
    BlockReadout,
    Cancelled,
    CancelToken,
    Inspection,
    JpegPartKind,
    Layer,
    Part,
    byte_scale,
    inspect_file,
)
from srec_engine.analysis.jpeg_parts import jpeg_parts
from srec_engine.cli.main import main
from tests.jpegs import JPEG_KINDS
from tests.packed_jpegs import jpeg_of, srec_of

COLOUR = ("Y", "Cb", "Cr")
SAMPLINGS = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}


@pytest.fixture(scope="module")
def cat(sample_photograph: Path) -> Image.Image:
    """451 × 300: neither whole blocks nor, with subsampling, whole MCUs."""
    with Image.open(sample_photograph) as image:
        return image.convert("RGB")


@pytest.fixture(scope="module")
def jpeg(cat: Image.Image) -> bytes:
    return jpeg_of(cat, quality=85)


@pytest.fixture(scope="module")
def packed(jpeg: bytes) -> bytes:
    return srec_of(jpeg)


def block_of(inspection: Inspection, scale: int, x: int, y: int) -> BlockReadout:
    told = inspection.readout(scale, x, y)
    assert isinstance(told, BlockReadout)
    return told


def test_scales_are_bands_from_the_means_to_the_finest(packed: bytes) -> None:
    inspection = inspect_file(packed)
    assert inspection.scales == inspection.shown_scales == (4, 3, 2, 1, 0)
    assert inspection.geometry is not None
    assert [inspection.geometry.scale_size(scale) for scale in (4, 3, 0)] == [(38, 57), (300, 451), (300, 451)]
    assert inspection.channel_names == COLOUR


@pytest.mark.parametrize("behind", [b"", b"a film" * 100])
def test_parts_add_up_to_the_jpeg_and_to_the_file_to_the_bit(jpeg: bytes, behind: bytes) -> None:
    data = srec_of(jpeg, behind)
    parts = inspect_file(data).source_parts()
    assert sum(part.bits for part in parts) == 8 * len(jpeg + behind)
    assert sum(part.packed_bits or 0 for part in parts) == 8 * len(data)
    assert {part.name: part.bits for part in parts if part.bits} == {
        part.name: part.bits for part in jpeg_parts(jpeg + behind)
    }
    assert all(part.packed_bits for part in parts if part.channel and part.bits)
    assert [part.scale for part in parts if part.channel == "Y"] == [4, 3, 2, 1, 0]
    kinds = {part.kind: part for part in parts}
    assert kinds[JpegPartKind.HEADERS].packed_bits
    assert 0 < (kinds[JpegPartKind.CONTAINER].packed_bits or 0) < 8 * 200
    assert (JpegPartKind.BEHIND in kinds) == bool(behind)


def test_the_finest_band_completes_the_picture_of_the_jpeg(cat: Image.Image) -> None:
    for mode in ("L", "RGB"):
        data = jpeg_of(cat.convert(mode), quality=90, subsampling=0)
        (layers,) = inspect_file(srec_of(data)).layers(0)
        with Image.open(io.BytesIO(data)) as image:
            expected = np.asarray(image).astype(int)
        shown = layers.plane(Layer.ACTUAL, Part.ALL, None)
        assert shown.shape == expected.shape
        assert np.abs(shown - expected).max() <= 4
        assert np.abs(shown - expected).mean() < 0.5


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_channels_lie_on_each_other_however_many_samples_they_have(cat: Image.Image, sampling: str) -> None:
    data = jpeg_of(cat, quality=95, subsampling=SAMPLINGS[sampling])
    (layers,) = inspect_file(srec_of(data)).layers(0)
    shown = layers.plane(Layer.ACTUAL, Part.ALL, None).astype(int)
    assert np.abs(shown - np.asarray(cat)).mean() < 4


def test_the_first_picture_is_that_of_the_means(packed: bytes, cat: Image.Image) -> None:
    inspection = inspect_file(packed)
    (layers,) = inspection.layers(4)
    base = inspection.base()
    assert np.array_equal(base, layers.plane(Layer.ACTUAL, Part.ALL, None))
    small = np.asarray(cat.crop((0, 0, 448, 296)).resize((56, 37), Image.Resampling.BOX)).astype(int)
    assert np.abs(base[:37, :56] - small).mean() < 4


def test_bands_one_on_the_other_are_the_picture_up_to_them(packed: bytes) -> None:
    inspection = inspect_file(packed)
    for coarser, finer in itertools.pairwise((3, 2, 1, 0)):
        (below,), (above,) = inspection.layers(coarser), inspection.layers(finer)
        band = above.plane(Layer.ACTUAL, Part.BAND, 0).astype(int) - 128
        ground = below.plane(Layer.ACTUAL, Part.ALL, 0)
        sums = ground + band
        inside = (ground > 0) & (ground < 255) & (sums > 2) & (sums < 253) & (np.abs(band) < 125)
        assert np.abs(sums - above.plane(Layer.ACTUAL, Part.ALL, 0))[inside].max() <= 2


def test_what_was_there_is_what_was_expected_and_the_difference(packed: bytes) -> None:
    (layers,) = inspect_file(packed).layers(3)
    for channel in range(3):
        actual, expected = (
            layers.plane(layer, Part.BAND, channel).astype(int) for layer in (Layer.ACTUAL, Layer.PREDICTED)
        )
        residual = layers.plane(Layer.RESIDUAL, Part.BAND, channel).astype(int) - 128
        assert np.abs(actual - expected - residual)[np.abs(residual) < 120].max() <= 2
        # Neighbours tell much of the lowest frequencies.
        assert np.abs(residual).mean() < np.abs(actual - 128).mean()


def test_the_costs_of_blocks_add_up_to_the_parts(packed: bytes) -> None:
    inspection = inspect_file(packed)
    parts = [part for part in inspection.source_parts() if part.scale == 3]
    (layers,) = inspection.layers(3)
    unit = byte_scale(Layer.BLOCK_COST, Part.BAND).unit
    shown = layers.plane(Layer.BLOCK_COST, Part.BAND, None).sum() * unit
    told = sum(part.packed_bits or 0 for part in parts)
    # Blocks beyond the edge have no place in the map, and the coder rounds.
    assert 0.85 * told < shown < 1.02 * told


def test_a_block_says_what_the_map_says(packed: bytes) -> None:
    inspection = inspect_file(packed)
    for scale, x, y in ((0, 100, 50), (4, 12, 6), (2, 450, 299)):
        told = block_of(inspection, scale, x, y)
        (layers,) = inspection.layers(scale)
        assert (told.scale, told.x, told.y) == (scale, x, y)
        assert tuple(channel.name for channel in told.channels) == COLOUR
        luma, blue, _ = told.channels
        assert layers.values(Layer.BLOCK_COST, Part.BAND, x, y)[0] == pytest.approx(luma.band_bits(scale), abs=0.3)
        # A block of 4:2:0 lies under four of 8 × 8 pixels.
        assert (blue.column, blue.row) == (luma.column // 2, luma.row // 2)
        assert layers.values(Layer.BLOCK_COST, Part.BAND, x, y)[1] == pytest.approx(blue.band_bits(scale) / 4, abs=0.3)
        assert told.bits == pytest.approx(sum(one.band_bits(band) for one in told.channels for band in told.scales))


def test_a_coefficient_that_was_not_coded_costs_nothing_and_was_expected_to_be_none(packed: bytes) -> None:
    luma = block_of(inspect_file(packed), 0, 100, 50).channels[0]
    free = luma.bits == 0
    assert free.any()
    assert not luma.actual[free].any()
    assert not luma.expected[free].any()


def test_tiles_are_the_whole_picture(cat: Image.Image) -> None:
    inspection = inspect_file(srec_of(jpeg_of(cat.resize((1100, 530)), quality=60)))
    assert inspection.geometry is not None
    for scale in inspection.scales:
        seen = np.zeros(inspection.part_size(scale, Part.ALL), bool)
        blocks = np.zeros(inspection.part_size(scale, Part.ALL, Layer.BLOCK_COST), bool)
        for layers in inspection.layers(scale):
            seen[layers.top : layers.top + layers.height, layers.left : layers.left + layers.width] = True
            cell = layers.cell(Layer.BLOCK_COST, Part.ALL)
            rows, columns = layers.plane(Layer.BLOCK_COST, Part.ALL, None).shape
            blocks[layers.top // cell :, layers.left // cell :][:rows, :columns] = True
        assert seen.all()
        assert blocks.all()
    assert inspection.tiles_touching(4, (64, 0, 65, 1)) == inspection.tiles_touching(0, (512, 0, 513, 1)) == [1]


def test_layers_are_made_one_by_one_and_can_be_stopped(cat: Image.Image) -> None:
    token = CancelToken()
    arriving = inspect_file(srec_of(jpeg_of(cat.resize((1100, 530))))).layers(0, cancel=token)
    next(iter(arriving))
    token.cancel()
    with pytest.raises(Cancelled):
        next(iter(arriving))


def test_a_pixel_that_is_not_there_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="not one at"):
        inspect_file(packed).readout(4, 57, 0)


def test_damaged_headers_leave_a_file_of_which_less_is_known(packed: bytes) -> None:
    broken = bytearray(packed)
    broken[len(packed) // 2] ^= 1
    inspection = inspect_file(bytes(broken))
    assert inspection.scales == ()
    assert inspection.geometry is None


def test_the_command_tells_the_same_numbers(
    packed: bytes, jpeg: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "cat.srec"
    source.write_bytes(packed)
    assert main(["info", str(source), "--per-scale"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for part in inspect_file(packed).source_parts():
        if part.channel and part.packed_bits:
            told = next(line for line in lines if part.name in line).split()
            assert told[-6:-4] == [f"{part.bits / 8:.0f}", f"{part.packed_bits / 8:.0f}"]
    assert any(line.split()[:3] == ["all", str(len(jpeg)), str(len(packed))] for line in lines)


def test_the_command_writes_the_maps_of_a_packed_jpeg(packed: bytes, tmp_path: Path) -> None:
    source = tmp_path / "cat.srec"
    source.write_bytes(packed)
    assert main(["inspect", str(source), "--out", str(tmp_path / "out"), "--scale", "3"]) == 0
    folder = tmp_path / "out" / "cat"
    names = {path.name for path in folder.glob("*.png")}
    assert names == {f"scale-3-{name}.png" for name in ("actual", "predicted", "residual", "cost-of-blocks")}
    assert json.loads((folder / "ledger.json").read_text())["file_bytes"] == len(packed)


@pytest.mark.parametrize("kind", ["cmyk", "ycck"])
def test_a_jpeg_of_four_inks_is_shown_in_colour(kind: str, tmp_path: Path) -> None:
    data = JPEG_KINDS[kind].make()
    source = tmp_path / "inks.srec"
    source.write_bytes(srec_of(data, name="inks.jpg"))
    assert main(["inspect", str(source), "--out", str(tmp_path / "out"), "--scale", "0"]) == 0
    inspection = inspect_file(source)
    whole = next(iter(inspection.layers(0))).plane(Layer.ACTUAL, Part.ALL, None)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image.convert("RGB")).astype(int)
    assert whole.shape == expected.shape
    assert np.abs(whole - expected).mean() < 6
