"""A file looked into: ledger, maps, single pixels, each computed when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.cache import ByteCache
from srec_engine.analysis.damage import DamageLog
from srec_engine.analysis.layers import Part
from srec_engine.analysis.ledger import Ledger, read_ledger
from srec_engine.codec.information import read_info
from srec_engine.codec.steps import opened
from srec_engine.codec.torch_libraries import load_torch_libraries
from srec_engine.container import Box, Geometry, Reader, require_plausible_size
from srec_engine.control import CancelToken, Progress, ProgressCallback, Stage
from srec_engine.errors import DamagedFileError
from srec_engine.model.store import find_model
from srec_engine.options import DEFAULT_MODEL, CodecOptions, EncodeOptions, Method
from srec_engine.reports import FileInfo

if TYPE_CHECKING:
    from PIL.Image import Image

    from srec_engine.analysis.jpeg_parts import JpegPart
    from srec_engine.analysis.maps import TileMaps
    from srec_engine.analysis.readout import PixelReadout
    from srec_engine.analysis.recording import TileSteps
    from srec_engine.analysis.walker import StateCache, TileWalker
    from srec_engine.codec.runtime import Runtime

__all__ = ["Inspection", "inspect_file", "inspect_with_network", "prepare_inspection"]

_STATE_BYTES = 96 << 20
_STEP_BYTES = 128 << 20

Result = TypeVar("Result")


class Inspection:
    """A `.srec`, ready for questions. Its methods are for one thread at a time; they use several themselves.

    Opening one reads the file's structure only; the network is loaded with the first question that needs it. Memory
    stays below about 300 MB beside the model, whatever the size of the picture: tiles are walked as they are asked for.

    Attributes:
        info: What the header tells.
        geometry: Scales and tiles; None where no network was used, and then only `info` and `ledger` are to be had.
        ledger: Where the bytes are; the model's bits appear in it as they become known.
        damage: Which of the tiles that were asked for cannot be decoded, from which scale on, and why.
    """

    def __init__(self, source: Path | bytes, options: CodecOptions = CodecOptions(), *, fallback: str = "") -> None:
        self._source = source
        self._fallback = fallback
        self._options = options
        self.info: FileInfo = read_info(source)
        with opened(source) as reader:
            self.geometry: Geometry | None = reader.geometry
            self.ledger: Ledger = read_ledger(reader)
        self.damage = DamageLog()
        self._runtime: Runtime | None = None
        self._states: StateCache = ByteCache(_STATE_BYTES)
        self._steps: ByteCache[tuple[int, int], TileSteps] = ByteCache(_STEP_BYTES)
        self._bits: dict[tuple[int, int], NDArray[np.float64]] = {}

    @property
    def scales(self) -> tuple[int, ...]:
        """Coded scales, coarse to fine; empty without a network."""
        return tuple(self.geometry.coded_scales()) if self.geometry is not None else ()

    @property
    def fallback(self) -> str:
        """Why the CPU took over from an accelerator, as a clause ("cuda failed (out of memory)"); "" so far.

        What is computed is the same, only later. May be asked beside other questions, from another thread.
        """
        return self._fallback or ("" if self._runtime is None else self._runtime.processor.failure)

    def base(self) -> NDArray[np.uint8]:
        """The coarsest scale, uint8 (height, width, 1 or 3).

        Raises:
            DamagedFileError: When it cannot be read.
            ValueError: When the file has none.
        """
        with opened(self._source) as reader:
            return reader.base()

    def source_parts(self, *, cancel: CancelToken | None = None) -> tuple[JpegPart, ...]:
        """Where the bits of the JPEG are that the file holds packed; empty for files of other methods.

        Raises:
            DamagedFileError: When the JPEG does not come back.
            Cancelled: When the token was set.
        """
        if self.info.method is not Method.JPEG:
            return ()
        from srec_engine.analysis.jpeg_parts import jpeg_parts
        from srec_engine.codec.decode import read_source

        _, data = read_source(self._source, self._options, cancel=cancel)
        return jpeg_parts(data)

    def part_size(self, scale: int, part: Part) -> tuple[int, int]:
        """(height, width) of a part of the whole picture at a coded scale."""
        height, width = self._network().scale_size(scale)
        if part is Part.ALL:
            return height, width
        row, column = part.offset or (0, 0)
        return (height + 1 - row) // 2, (width + 1 - column) // 2

    @property
    def colour_channels(self) -> int:
        """Channels that are coded: 3, or 1 for a grey picture."""
        return 1 if len({row.channel for row in self.ledger.rows if row.channel is not None}) == 1 else 3

    def tiles_touching(self, scale: int, region: tuple[int, int, int, int] | None = None) -> list[int]:
        """Tiles that share pixels with `region` (left, top, right, bottom) of `scale`; all when None."""
        geometry = self._network()
        if region is None:
            return list(range(geometry.tile_count))
        left, top, right, bottom = region
        return list(geometry.tiles_touching(Box(left << scale, top << scale, right << scale, bottom << scale)))

    def maps(
        self, scale: int, tiles: Sequence[int] | None = None, *, cancel: CancelToken | None = None
    ) -> Iterator[TileMaps]:
        """Maps of `tiles` (all when None) at a coded scale, as they are made, in that order.

        Damaged tiles are left out and named in `damage`. The model's bits of the tiles go into the ledger.

        Raises:
            ModelError: When the file's model is not here.
            Cancelled: When the token was set.
        """
        load_torch_libraries()
        from srec_engine.analysis.maps import make_maps

        token = cancel or CancelToken()

        def describe(steps: TileSteps) -> TileMaps:
            maps = make_maps(steps, token)
            self._steps.put((scale, steps.tile), steps, steps.byte_count)
            self._note(scale, steps.tile, maps.model_bits())
            return maps

        yield from self._each(scale, tiles, token, describe)

    def complete_ledger(self, *, cancel: CancelToken | None = None, progress: ProgressCallback | None = None) -> Ledger:
        """The ledger with the model's bits of every part: the whole file is decoded, coarse to fine.

        What was computed before a cancellation stays known. Scales with damaged tiles stay without.

        Raises:
            ModelError, Cancelled: As `maps`.
        """
        load_torch_libraries()
        from srec_engine.analysis.maps import coder_bits

        token = cancel or CancelToken()
        for position, scale in enumerate(self.scales):
            tiles = [
                tile
                for tile in range(self._network().tile_count)
                if (scale, tile) not in self._bits and not self.damage.at(scale, tile)
            ]
            coder = self._ready().coder

            def count(steps: TileSteps, scale: int = scale) -> None:
                self._note(scale, steps.tile, coder_bits(steps, coder, token))  # noqa: B023 - used in this round only

            for done, _ in enumerate(self._each(scale, tiles, token, count), start=1):
                if progress is not None:
                    # A scale has four times the pixels of the one before.
                    share = (4**position * (1 + 3 * done / len(tiles)) - 1) / (4 ** len(self.scales) - 1)
                    progress(Progress(Stage.DECODING, share, scale))
        return self.ledger

    def pixel(self, scale: int, x: int, y: int, *, cancel: CancelToken | None = None) -> PixelReadout:
        """The distributions of one pixel of a coded scale. Instant after the first in its tile.

        Raises:
            ValueError: When there is no such pixel.
            DamagedFileError: When its tile cannot be decoded.
            ModelError, Cancelled: As `maps`.
        """
        load_torch_libraries()
        from srec_engine.analysis.readout import read_pixel

        height, width = self._network().scale_size(scale)
        if not (0 <= x < width and 0 <= y < height):
            raise ValueError(f"scale {scale} has {width} x {height} pixels, not one at ({x}, {y})")
        (tile,) = self.tiles_touching(scale, (x, y, x + 1, y + 1))
        steps = self._steps.get((scale, tile))
        if steps is None:
            with self._walker(cancel or CancelToken()) as walker:
                recorded = walker.record(scale, [tile])
            if not recorded:
                raise DamagedFileError(self.damage.at(scale, tile))
            (steps,) = recorded
        told = read_pixel(steps, x, y)
        # What was learned on the way is kept with the tile, and makes it larger.
        self._steps.put((scale, tile), steps, steps.byte_count)
        return told

    def prepare_readout(self, scale: int, tile: int) -> None:
        """Do beforehand what makes the first `pixel` slow, with a tile whose maps were made lately.

        May be called beside other questions, from another thread. Does nothing when the tile is not at hand.
        """
        load_torch_libraries()
        from srec_engine.analysis.readout import read_pixel

        steps = self._steps.get((scale, tile))
        if steps is not None:
            # The last whole block has learned from nearly all others.
            read_pixel(steps, max(steps.box.left, steps.box.right - 2), max(steps.box.top, steps.box.bottom - 2))

    def _each(
        self, scale: int, tiles: Sequence[int] | None, cancel: CancelToken, work: Callable[[TileSteps], Result]
    ) -> Iterator[Result]:
        """What `work` makes of each tile, several tiles at a time."""
        from srec_engine.codec.payload_decoder import tile_batches

        geometry = self._network()
        numbers = list(range(geometry.tile_count)) if tiles is None else list(tiles)
        boxes = [geometry.tile_box(scale, tile) for tile in numbers]
        runtime = self._ready()
        sizes = [(box.height, box.width) for box in boxes]
        batches = tile_batches(sizes, geometry.tile_size >> scale, runtime.threads)
        with self._walker(cancel) as walker, runtime.pool(len(batches)) as pool:

            def walk(batch: list[int]) -> list[Result]:
                return [work(steps) for steps in walker.record(scale, [numbers[index] for index in batch])]

            futures = [pool.submit(walk, batch) for batch in batches]
            try:
                for future in futures:
                    yield from future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    @contextmanager
    def _walker(self, cancel: CancelToken) -> Iterator[TileWalker]:
        from srec_engine.analysis.walker import TileWalker

        geometry, runtime = self._network(), self._ready()
        with opened(self._source) as reader:
            self._check_unchanged(reader)
            yield TileWalker(reader, geometry, runtime, self._states, cancel, self.damage)

    def _note(self, scale: int, tile: int, bits: NDArray[np.float64]) -> None:
        """Keep a tile's bits; a scale whose tiles are all known enters the ledger."""
        self._bits[scale, tile] = bits
        count = self._network().tile_count
        known = [self._bits[scale, number] for number in range(count) if (scale, number) in self._bits]
        if len(known) == count:
            self.ledger = self.ledger.with_model_bits(scale, np.sum(known, axis=0))

    def _ready(self) -> Runtime:
        if self._runtime is None:
            from srec_engine.codec.file_runtime import load_file_runtime

            with opened(self._source) as reader:
                if not self._options.trusted:
                    require_plausible_size(reader)
                self._runtime = load_file_runtime(reader, self._options)
        return self._runtime

    def _check_unchanged(self, reader: Reader) -> None:
        if reader.file_bytes != self.info.file_bytes or reader.geometry != self.geometry:
            raise DamagedFileError(f"{reader.name} was changed while it was inspected. Open it again.")

    def _network(self) -> Geometry:
        if self.geometry is None:
            raise ValueError(f"a file of method {self.info.method} has no scales")
        return self.geometry


def inspect_file(source: Path | bytes, options: CodecOptions = CodecOptions()) -> Inspection:
    """Look into a `.srec`. Reads its structure only; the network is loaded with the first question that needs it.

    Raises:
        NotSrecError: When this is no `.srec` file that can be read.
        DamagedFileError: When its header is damaged.
    """
    return Inspection(source, options)


def inspect_with_network(
    source: Path | bytes,
    options: CodecOptions = CodecOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> Inspection:
    """Code a picture with the network, in memory, and look into that: for files that are held by another method.

    Pictures with a palette are looked at in their colours, pictures in black and white in grey.

    Args:
        source: A `.srec` of any method.
        options: Device, kernel, threads.
        cancel: Stops it.
        progress: Told how far the coding is.

    Raises:
        SrecError: As `decode_image` and `encode_image`.
    """
    from srec_engine.codec.decode import decode_image
    from srec_engine.codec.encode import encode_image

    image = _in_colours(decode_image(source, options, cancel=cancel).image)
    wanted = EncodeOptions(method=Method.SREC, verify=False, codec=options)
    encoded = encode_image(image, wanted, cancel=cancel, progress=progress)
    return Inspection(encoded.data, options, fallback=encoded.report.fallback)


def _in_colours(image: Image) -> Image:
    """A picture as the network can see it: palettes and single bits become the colours that they stand for."""
    if image.mode == "P":
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.convert("L") if image.mode == "1" else image


def prepare_inspection(options: CodecOptions = CodecOptions()) -> None:
    """Load the network that ships, and what it computes with: the first maps of a file come sooner then.

    Raises:
        ModelError, MissingDependencyError: When that does not work here.
    """
    load_torch_libraries()
    from srec_engine.analysis import maps, readout  # noqa: F401 - loaded along
    from srec_engine.codec.runtime import load_runtime

    load_runtime(find_model(DEFAULT_MODEL), options)
