"""Files whose distributions learn: larger for it by a few bits at most, and as exact as those of before."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from srec_engine import CodecOptions, EncodeOptions, Method, SrecError, decode_image, decode_steps, encode_image
from srec_engine.codec.chunks import Chunk
from srec_engine.codec.clock import StageClock
from srec_engine.codec.exchange import FEWEST_SYMBOLS, EncodingExchange
from srec_engine.codec.known_tiles import walk_known_tiles
from srec_engine.codec.levels import picture_levels
from srec_engine.codec.runtime import Runtime, load_runtime
from srec_engine.container import Reader
from srec_engine.control import CancelToken
from srec_engine.model.store import find_model
from srec_engine.options import DEFAULT_MODEL
from tests.codec.golden import GOLDEN
from tests.codec.plain_streams import plain_streams
from tests.fuzz.repair import repaired

NETWORK = EncodeOptions(method=Method.SREC, verify=False)


@pytest.fixture(scope="module")
def runtime() -> Runtime:
    return load_runtime(find_model(DEFAULT_MODEL), CodecOptions())


def both_ways(runtime: Runtime, picture: NDArray[np.uint8]) -> list[tuple[Chunk, Chunk]]:
    """A tile's chunk at each scale as the encoder writes it, and with plain streams alone."""
    channels = picture.shape[2]
    network, coder = runtime.processor.network, runtime.coder
    levels = picture_levels(picture, network.model.configuration.scales)

    def learning(_scale: int, _tile: int, image: NDArray[np.uint8]) -> EncodingExchange:
        return EncodingExchange(image, channels, coder, CancelToken())

    written = walk_known_tiles(network, runtime.tables, [levels], learning, StageClock())
    return [
        (exchange.written.chunk(), Chunk([stream.data for stream in without]))
        for (_, (exchange,)), without in zip(written, plain_streams(runtime, picture), strict=True)
    ]


def noise(height: int, width: int, channels: int, most: int = 255) -> NDArray[np.uint8]:
    random = np.random.default_rng([height, width, channels])
    return random.integers(0, most + 1, (height, width, channels), dtype=np.uint8)


def striped(height: int, width: int) -> NDArray[np.uint8]:
    """Grey, but for two rows in sixteen of a pattern: what is true of some block rows is not true of the others."""
    rows, columns = np.indices((height, width))
    return np.where(rows % 16 >= 14, (rows + columns) % 2 * 120, 128).astype(np.uint8)[..., None]


HARD = {
    "one pixel": noise(1, 1, 3),
    "two pixels": noise(1, 2, 3),
    "fifteen pixels": noise(5, 3, 3),
    "grey noise": noise(31, 33, 1),
    "noise": noise(64, 64, 3),
    "faint noise": noise(64, 64, 3, most=2),
    "black and white": 255 * noise(40, 40, 3, most=1),
    "black": np.zeros((40, 40, 3), np.uint8),
    "noise of streams that are not coded twice for being short": noise(200, 200, 3),
    "stripes of such streams": striped(272, 256),
}


@pytest.mark.parametrize("picture", HARD.values(), ids=HARD.keys())
def test_learning_costs_at_most_its_bits(runtime: Runtime, picture: NDArray[np.uint8]) -> None:
    for written, without in both_ways(runtime, picture):
        assert written.plain is not None
        for stream, plain, other in zip(written.streams, written.plain.ravel(), without.streams, strict=True):
            assert stream == other if plain else len(stream) < len(other)
        assert len(written.packed()) <= len(without.packed()) + -(-len(written.streams) // 8)


def test_one_of_the_hard_pictures_has_streams_that_are_judged_by_a_sample() -> None:
    # The others have too few symbols to tell whether the encoder judges rightly.
    assert max(picture.shape[0] * picture.shape[1] // 4 for picture in HARD.values()) > FEWEST_SYMBOLS


def test_streams_of_a_photograph_learn_and_become_smaller(runtime: Runtime, photograph: Image.Image) -> None:
    written, without = both_ways(runtime, np.asarray(photograph)[40:200, 90:300])[-1]
    assert written.plain is not None
    assert not written.plain.all()
    assert len(written.packed()) < 0.99 * len(without.packed())


def test_files_of_the_network_say_that_their_streams_learn(network_file: bytes, photograph: Image.Image) -> None:
    assert Reader(network_file).header.learning
    webp = encode_image(photograph.crop((0, 0, 40, 30)), EncodeOptions(method=Method.WEBP, verify=False)).data
    assert not Reader(webp).header.learning


def test_threads_and_kernels_leave_every_byte_of_several_tiles_as_it_is(two_tiles: tuple[np.ndarray, bytes]) -> None:
    pixels, data = two_tiles
    for codec in (CodecOptions(threads=1), CodecOptions(threads=2), CodecOptions(threads=2, kernel="float32")):
        options = EncodeOptions(method=Method.SREC, verify=False, codec=codec)
        assert encode_image(Image.fromarray(pixels), options).data == data
        assert np.array_equal(np.asarray(decode_image(data, codec).image), pixels)


@pytest.mark.parametrize("region", [(0, 0, 1, 1), (510, 28, 515, 31), (520, 0, 529, 31), (0, 5, 529, 6)])
def test_a_region_with_alpha_and_odd_sizes_is_that_part_of_the_picture(
    photograph: Image.Image, region: tuple[int, int, int, int]
) -> None:
    picture = photograph.resize((529, 352)).crop((0, 160, 529, 191)).convert("RGBA")
    picture.putalpha(picture.getchannel("G"))
    last = list(decode_steps(encode_image(picture, NETWORK).data, region=region))[-1]
    assert last.picture is not None
    assert last.picture.mode == "RGBA"
    assert last.picture.tobytes() == picture.crop(region).tobytes()


@pytest.mark.parametrize("stream", [0, 2, 5, 11])
def test_a_wrong_bit_under_a_right_checksum_costs_its_tile_and_no_other(
    two_tiles: tuple[np.ndarray, bytes], stream: int
) -> None:
    pixels, data = two_tiles
    hostile = bytearray(data)
    chunk = len(data) - 16 - len(Reader(data).chunk(0, 1))  # the last one; 16 bytes of checksum follow
    hostile[chunk + stream // 8] ^= 1 << stream % 8
    last = list(decode_steps(repaired(bytes(hostile))))[-1]
    assert last.report is not None
    assert last.picture is not None
    assert ["tile 1 at scale 0" in sentence for sentence in last.report.damage] == [True]
    decoded = np.asarray(last.picture)
    assert np.array_equal(decoded[:, :512], pixels[:, :512])
    assert not np.array_equal(decoded, pixels)


def test_a_header_that_lies_about_learning_is_an_error_of_ours(network_file: bytes) -> None:
    for data in (network_file, (GOLDEN / "rgb.srec").read_bytes(), (GOLDEN / "grey.srec").read_bytes()):
        hostile = bytearray(data)
        hostile[12] ^= 2
        with pytest.raises(SrecError, match="tile 0 at scale"):
            decode_image(repaired(bytes(hostile)))
