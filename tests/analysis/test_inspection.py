"""The ledger adds up, and the maps are what the coder coded with: everything is computed again and compared."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import (
    Cancelled,
    CancelToken,
    DamagedFileError,
    EncodeOptions,
    Inspection,
    Layer,
    Method,
    Part,
    byte_scale,
    encode_image,
    inspect_file,
    inspect_with_network,
    ledger_csv,
    ledger_json,
    make_layers,
)
from srec_engine.analysis.cache import ByteCache
from srec_engine.analysis.damage import DamageLog
from srec_engine.analysis.maps import make_maps
from srec_engine.analysis.readout import read_pixel
from srec_engine.analysis.recording import RecordingExchange
from srec_engine.analysis.walker import TileWalker
from srec_engine.codec.chunks import read_chunk
from srec_engine.codec.clock import StageClock
from srec_engine.codec.exchange import EncodingExchange
from srec_engine.codec.runtime import load_runtime
from srec_engine.codec.steps import opened
from srec_engine.codec.walk import TileScale, walk_scale
from srec_engine.model.store import find_model
from srec_engine.options import DEFAULT_MODEL, CodecOptions

OVERHEAD_OF_A_STREAM = 16 + 8
"""Bits: what the coder writes at the end of a stream, and the filling of its last byte."""


def test_the_rows_add_up_to_the_file_to_the_byte(inspection: Inspection, crop_file: bytes) -> None:
    ledger = inspection.ledger
    assert sum(row.coded_bytes for row in ledger.rows) == len(crop_file)
    assert sum(row.share for row in ledger.rows) == pytest.approx(1)
    assert sum(row.bpsp for row in ledger.rows) == pytest.approx(8 * len(crop_file) / (3 * 61 * 45))


def test_every_pixel_is_counted_once_at_each_scale(inspection: Inspection) -> None:
    assert inspection.geometry is not None
    for scale in inspection.scales:
        height, width = inspection.geometry.scale_size(scale)
        rows = [row for row in inspection.ledger.of_scale(scale) if row.step and row.channel == 1]
        assert sum(row.samples for row in rows) == height * width


def test_the_maps_add_up_to_the_ledger_and_to_the_coded_bytes(inspection: Inspection, crop_file: bytes) -> None:
    costs = {scale: sum(maps.model_bits().sum() for maps in inspection.maps(scale)) for scale in inspection.scales}
    told = inspect_file(crop_file).complete_ledger()  # by the coder, not by maps
    for scale, cost in costs.items():
        rows = [row for row in told.of_scale(scale) if row.step is not None]
        assert sum(row.model_bits or 0.0 for row in rows) == pytest.approx(cost, rel=1e-5)
    assert told.model_bits == pytest.approx(inspection.ledger.model_bits or 0.0, rel=1e-5)
    for row in told.rows:
        if row.model_bits is not None:
            excess = 8 * row.coded_bytes - row.model_bits
            assert -8 <= excess <= OVERHEAD_OF_A_STREAM + 0.001 * row.model_bits, row.name


def test_maps_equal_a_direct_sum_over_the_distribution_of_each_pixel(inspection: Inspection, crop: Image.Image) -> None:
    (maps,) = inspection.maps(0)
    pixels = np.asarray(crop)
    for x, y in ((0, 0), (17, 30), (60, 44), (60, 10), (9, 44), (33, 21)):
        told = inspection.pixel(0, x, y)
        for channel, distribution in enumerate(told.channels):
            values = np.arange(distribution.lowest, distribution.highest + 1)
            shares = distribution.frequencies / 65536
            assert shares.sum() == 1
            assert distribution.actual == pixels[y, x, channel] == maps.pixels.actual[channel, y, x]
            cost = -np.log2(shares[distribution.actual - distribution.lowest])
            entropy = -(shares * np.log2(shares)).sum()
            assert maps.pixels.mean[channel, y, x] == pytest.approx((shares * values).sum(), abs=1e-3)
            assert maps.pixels.most_likely[channel, y, x] == values[shares.argmax()]
            assert maps.pixels.cost[channel, y, x] == pytest.approx(cost, abs=1e-4)
            assert maps.pixels.entropy[channel, y, x] == pytest.approx(entropy, abs=1e-3)


def test_the_fourth_pixel_follows_from_the_sum_and_is_free(inspection: Inspection) -> None:
    told = inspection.pixel(0, 11, 5)
    assert told.step == 4
    assert [one.cost for one in told.channels] == [0, 0, 0]
    (maps,) = inspection.maps(0)
    assert not maps.pixels.cost[:, 1::2, 1::2].any()
    assert not maps.pixels.residual[:, 1::2, 1::2].any()
    (coarser,) = inspection.maps(1)
    for channel in range(3):
        values = [pixel[channel] for pixel in told.block]
        assert values == list(maps.pixels.actual[channel, 4:6, 10:12].ravel())
        assert sum(values) == 4 * coarser.pixels.actual[channel, 2, 5] + told.remainders[channel].actual


def test_a_block_costs_what_its_pixels_and_remainders_cost(inspection: Inspection) -> None:
    (maps,) = inspection.maps(1)
    cost = maps.pixels.cost[:, 6:8, 4:6].sum() + maps.remainders.cost[:, 3, 2].sum()
    assert inspection.pixel(1, 5, 6).block_bits == pytest.approx(cost, abs=1e-3)


def test_the_decoded_file_has_the_maps_of_the_encoder(inspection: Inspection, crop: Image.Image) -> None:
    runtime = load_runtime(find_model(DEFAULT_MODEL), CodecOptions())
    assert inspection.geometry is not None
    state = TileScale(inspection.base())
    for scale in inspection.scales:
        (decoded,) = inspection.maps(scale)
        target = np.ascontiguousarray(decoded.pixels.actual.transpose(1, 2, 0), dtype=np.uint8)
        exchange = RecordingExchange(EncodingExchange(target, 3, runtime.coder, CancelToken()))
        size = inspection.geometry.scale_size(scale)
        (state,) = walk_scale(runtime.processor.network, runtime.tables, scale, size, [state], [exchange], StageClock())
        steps = exchange.recorded(scale, 0, inspection.geometry.tile_box(scale, 0), 3, state.image)
        encoded = make_maps(steps, CancelToken())
        for name in ("actual", "mean", "most_likely", "entropy", "cost"):
            assert np.array_equal(getattr(encoded.pixels, name), getattr(decoded.pixels, name))
            assert np.array_equal(getattr(encoded.remainders, name), getattr(decoded.remainders, name))
    assert np.array_equal(state.image, np.asarray(crop))


def test_layers_as_bytes_stay_within_half_a_step_of_the_maps(inspection: Inspection) -> None:
    (maps,) = inspection.maps(0)
    layers = make_layers(maps)
    step = byte_scale(Layer.COST, Part.ALL)
    plane = layers.plane(Layer.COST, Part.ALL, 1)
    assert np.abs(plane * step.unit - maps.pixels.cost[1]).max() <= step.unit / 2 + 1e-6
    assert np.array_equal(layers.plane(Layer.ACTUAL, Part.ALL, None), maps.pixels.actual.transpose(1, 2, 0))
    assert layers.plane(Layer.COST, Part.PIXEL_2, None).shape == inspection.part_size(0, Part.PIXEL_2) == (23, 30)
    assert layers.plane(Layer.RESIDUAL, Part.REMAINDERS, 0).shape == inspection.part_size(0, Part.REMAINDERS)


def test_a_block_at_the_edge_has_the_pixels_that_the_picture_has(inspection: Inspection) -> None:
    told = inspection.pixel(0, 60, 44)
    assert told.step == 1
    assert len(told.block) == 1
    assert len(inspection.pixel(0, 60, 3).block) == 2


def test_only_the_tiles_of_a_region_are_computed(wide_file: bytes) -> None:
    inspection = inspect_file(wide_file)
    seen = inspection.tiles_touching(0, (600, 0, 620, 20))
    assert [maps.box.left for maps in inspection.maps(0, seen)] == [512]
    assert inspection.tiles_touching(0, (500, 0, 520, 20)) == [0, 1]
    told = inspection.pixel(0, 615, 5)
    (maps,) = inspection.maps(0, seen)
    assert [one.actual for one in told.channels] == list(maps.pixels.actual[:, 5, 615 - 512])


def test_maps_of_several_tiles_add_up_to_the_ledger(wide_file: bytes) -> None:
    inspection = inspect_file(wide_file)
    bits = sum(maps.model_bits() for maps in inspection.maps(0))
    told = [row.model_bits for row in inspect_file(wide_file).complete_ledger().of_scale(0) if row.step in range(4)]
    assert bits.ravel() == pytest.approx(told, rel=1e-5)


def test_tiles_come_one_after_the_other_and_can_be_stopped_between_them(wide_file: bytes) -> None:
    token = CancelToken()
    arriving = inspect_file(wide_file).maps(0, cancel=token)
    assert next(arriving).tile == 0
    token.cancel()
    with pytest.raises(Cancelled):
        list(arriving)


def test_a_set_token_stops_it_and_what_was_learnt_stays(inspection: Inspection) -> None:
    list(inspection.maps(inspection.scales[0]))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        list(inspection.maps(0, cancel=token))
    known = inspection.ledger.of_scale(inspection.scales[0])
    assert all(row.model_bits is not None for row in known if row.step is not None)


def test_damage_is_named_and_the_bytes_still_add_up(crop_file: bytes) -> None:
    broken = bytearray(crop_file)
    broken[-40] ^= 0x55  # in the last chunk, which is scale 0's
    inspection = inspect_file(bytes(broken))
    assert sum(row.coded_bytes for row in inspection.ledger.rows) == len(crop_file)
    assert list(inspection.maps(0)) == []
    assert "tile 0 at scale 0" in inspection.damage.at(0, 0)
    with pytest.raises(DamagedFileError, match="tile 0 at scale 0"):
        inspection.pixel(0, 3, 3)


def test_the_scales_before_the_damage_stay_whole(crop_file: bytes) -> None:
    broken = bytearray(crop_file)
    broken[-40] ^= 0x55
    inspection = inspect_file(bytes(broken))
    ledger = inspection.complete_ledger()
    assert inspection.damage.at(1, 0) == ""
    assert inspection.damage.of_scale(0).keys() == {0}
    assert len(list(inspection.maps(1))) == 1
    known = {scale: [row.model_bits for row in ledger.of_scale(scale) if row.step == 1] for scale in inspection.scales}
    assert None not in known[1]
    assert set(known[0]) <= {None}


def test_damage_of_a_coarse_scale_is_that_of_the_finer_ones(inspection: Inspection, crop_file: bytes) -> None:
    place = len(crop_file) - sum(row.coded_bytes for row in inspection.ledger.of_scale(0)) - 60  # in scale 1's chunk
    broken = bytearray(crop_file)
    broken[place] ^= 0x55
    damaged = inspect_file(bytes(broken))
    assert list(damaged.maps(0)) == []
    assert damaged.damage.of_scale(0) == damaged.damage.of_scale(1) != {}
    assert damaged.damage.of_scale(2) == {}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_that_is_cut_off_keeps_a_ledger_that_adds_up(crop_file: bytes, share: float) -> None:
    data = crop_file[: int(share * len(crop_file))]
    inspection = inspect_file(data)
    assert sum(row.coded_bytes for row in inspection.ledger.rows) == len(data)
    assert inspection.damage.sentences == ()
    list(inspection.maps(0))
    assert len(inspection.damage.sentences) == 1


def test_a_grey_picture_has_one_channel(crop: Image.Image) -> None:
    grey = inspect_file(encode_image(crop.convert("L"), EncodeOptions(method=Method.SREC, verify=False)).data)
    assert grey.colour_channels == 1
    (maps,) = grey.maps(0)
    assert maps.pixels.cost.shape == (1, 45, 61)
    assert len(grey.pixel(0, 3, 3).channels) == 1


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (5, 1), (32, 18)])
def test_every_mode_and_size_has_maps_and_a_ledger_that_adds_up(
    crop: Image.Image, mode: str, size: tuple[int, int]
) -> None:
    data = encode_image(crop.resize(size).convert(mode), EncodeOptions(method=Method.SREC, verify=False)).data
    inspection = inspect_file(data)
    ledger = inspection.complete_ledger()
    assert sum(row.coded_bytes for row in ledger.rows) == len(data)
    cost = sum(maps.model_bits().sum() for scale in inspection.scales for maps in inspection.maps(scale))
    assert ledger.model_bits == pytest.approx(cost, rel=1e-4, abs=0.01)
    told = inspection.pixel(0, size[0] - 1, size[1] - 1)
    assert len(told.channels) == inspection.colour_channels == (1 if mode in {"L", "LA"} else 3)


@pytest.mark.parametrize(("mode", "channels"), [("P", 3), ("1", 1), ("RGBA", 3)])
def test_a_picture_of_few_colours_is_analysed_in_the_colours_it_has(
    crop: Image.Image, mode: str, channels: int
) -> None:
    data = encode_image(crop.convert(mode)).data
    inspection = inspect_with_network(data)
    assert inspection.colour_channels == channels
    (maps,) = inspection.maps(0)
    seen = crop.convert(mode).convert("L" if channels == 1 else "RGB")
    assert np.array_equal(maps.pixels.actual, np.atleast_3d(np.asarray(seen)).transpose(2, 0, 1))


def test_the_first_readout_can_be_prepared_beside_other_work(inspection: Inspection) -> None:
    inspection.prepare_readout(0, 0)  # nothing is known yet: nothing happens
    list(inspection.maps(0))
    inspection.prepare_readout(0, 0)
    assert inspection.pixel(0, 5, 5).scale == 0


@pytest.fixture(scope="session")
def tall_file(sample_photograph: Path) -> bytes:
    """A tile of 100 rows of blocks, more than are learned again for a readout; smooth, so that its streams learn."""
    with Image.open(sample_photograph) as image:
        tall = image.convert("RGB").resize((90, 60)).resize((75, 200), Image.Resampling.BICUBIC)
    return encode_image(tall, EncodeOptions(method=Method.SREC, verify=False)).data


def test_what_a_readout_says_does_not_depend_on_what_was_asked_before(tall_file: bytes) -> None:
    places = [(74, 199), (0, 0), (30, 130), (31, 63), (2, 64), (3, 199), (40, 65), (74, 0), (30, 130)]
    inspection = inspect_file(tall_file)
    (maps,) = inspect_file(tall_file).maps(0)
    for x, y in places:
        told = inspection.pixel(0, x, y)
        for channel, distribution in enumerate(told.channels):
            assert distribution.mean == pytest.approx(maps.pixels.mean[channel, y, x], abs=1e-3)
            assert distribution.cost == pytest.approx(maps.pixels.cost[channel, y, x], abs=1e-4)
            assert distribution.entropy == pytest.approx(maps.pixels.entropy[channel, y, x], abs=1e-3)
        for channel, distribution in enumerate(told.remainders):
            assert distribution.mean == pytest.approx(maps.remainders.mean[channel, y // 2, x // 2], abs=1e-3)
            assert distribution.cost == pytest.approx(maps.remainders.cost[channel, y // 2, x // 2], abs=1e-4)


def test_maps_and_readouts_of_one_tile_may_be_made_by_several_threads(tall_file: bytes) -> None:
    (expected,) = inspect_file(tall_file).maps(0)
    inspection = inspect_file(tall_file)
    list(inspection.maps(0))
    with ThreadPoolExecutor(4) as pool:
        prepared = [pool.submit(inspection.prepare_readout, 0, 0) for _ in range(3)]
        (maps,) = inspection.maps(0)
        told = [inspection.pixel(0, 74, y) for y in range(0, 200, 9)]
        for one in prepared:
            one.result()
    assert np.array_equal(maps.pixels.cost, expected.pixels.cost)
    assert np.array_equal(maps.remainders.cost, expected.remainders.cost)
    costs = [expected.pixels.cost[:, readout.y, 74] for readout in told]
    assert [[one.cost for one in readout.channels] for readout in told] == [pytest.approx(cost) for cost in costs]


def test_the_costs_of_a_file_that_learns_are_what_its_streams_take(tall_file: bytes) -> None:
    inspection = inspect_file(tall_file)
    with opened(tall_file) as reader:
        assert reader.header.learning
        for scale in inspection.scales:
            (maps,) = inspection.maps(scale)
            chunk = read_chunk(reader, scale, 0)
            for bits, stream in zip(maps.model_bits().ravel(), chunk.streams, strict=True):
                # Two bits end a stream, up to seven fill its last byte; the coder loses next to nothing in between.
                assert -1 <= 8 * len(stream) - bits <= 2 + 7 + 0.001 * bits
        assert chunk.plain is not None
        assert not chunk.plain.all()


def test_the_memory_of_a_tile_counts_what_was_learned_for_its_readouts(tall_file: bytes) -> None:
    runtime = load_runtime(find_model(DEFAULT_MODEL), CodecOptions())
    with opened(tall_file) as reader:
        assert reader.geometry is not None
        walker = TileWalker(reader, reader.geometry, runtime, ByteCache(1 << 26), CancelToken(), DamageLog())
        (steps,) = walker.record(0, [0])
    before = steps.byte_count
    read_pixel(steps, 0, 0)
    first = steps.byte_count
    read_pixel(steps, 72, 199)
    assert before < first < steps.byte_count
    whole = steps.byte_count
    read_pixel(steps, 10, 100)
    assert steps.byte_count == whole


def test_a_webp_file_has_a_ledger_and_can_be_analysed_with_the_network(crop: Image.Image) -> None:
    data = encode_image(crop, EncodeOptions(method=Method.WEBP, verify=False)).data
    stored = inspect_file(data)
    assert stored.scales == ()
    assert sum(row.coded_bytes for row in stored.ledger.rows) == len(data)
    assert inspect_with_network(data).scales


def test_the_table_reads_back_from_csv_and_json(inspection: Inspection, crop_file: bytes) -> None:
    rows = list(csv.DictReader(io.StringIO(ledger_csv(inspection.ledger))))
    assert sum(int(row["coded_bytes"]) for row in rows) == len(crop_file)
    document = json.loads(ledger_json(inspection.ledger))
    assert sum(row["coded_bytes"] for row in document["rows"]) == document["file_bytes"] == len(crop_file)
