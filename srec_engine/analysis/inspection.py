"""A file looked into: ledger, maps, single pixels, each computed when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.cache import ByteCache
from srec_engine.analysis.damage import DamageLog
from srec_engine.analysis.layers import NETWORK_LAYERS, NETWORK_PARTS, Layer, LayeredTile, Part, make_layers
from srec_engine.analysis.ledger import CHANNEL_NAMES, Ledger, read_ledger
from srec_engine.codec.information import read_info
from srec_engine.codec.steps import opened
from srec_engine.codec.torch_libraries import load_torch_libraries
from srec_engine.container import Box, Geometry, Reader, require_plausible_size
from srec_engine.control import CancelToken, Progress, ProgressCallback, Stage
from srec_engine.errors import DamagedFileError
from srec_engine.options import CodecOptions, Method
from srec_engine.reports import FileInfo

if TYPE_CHECKING:
    from srec_engine.analysis.jpeg_parts import JpegPart
    from srec_engine.analysis.jpeg_readout import BlockReadout
    from srec_engine.analysis.maps import TileMaps
    from srec_engine.analysis.readout import PixelReadout
    from srec_engine.analysis.recording import TileSteps
    from srec_engine.analysis.walker import StateCache, TileWalker
    from srec_engine.codec.runtime import Runtime

__all__ = ["Inspection", "ScaleGeometry"]

_STATE_BYTES = 96 << 20
_STEP_BYTES = 128 << 20

Result = TypeVar("Result")


class ScaleGeometry(Protocol):
    """Sizes of the scales of a picture, and its tiles; as `Geometry` says it."""

    @property
    def width(self) -> int:
        """Pixels across."""
        ...

    @property
    def height(self) -> int:
        """Pixels down."""
        ...

    @property
    def tile_size(self) -> int:
        """Side of a tile at full size."""
        ...

    @property
    def tile_count(self) -> int:
        """Tiles, the same at every scale."""
        ...

    def scale_size(self, scale: int) -> tuple[int, int]:
        """(height, width) of a scale."""
        ...

    def tile_box(self, scale: int, tile: int) -> Box:
        """The rectangle of a tile at a scale."""
        ...

    def tiles_touching(self, region: Box) -> Iterator[int]:
        """Tiles that share pixels with a rectangle of the full picture."""
        ...


class Inspection:
    """A `.srec`, ready for questions. Its methods are for one thread at a time; they use several themselves.

    Opening one reads the file's structure only; the network is loaded with the first question that needs it. Memory
    stays below about 300 MB beside the model, whatever the size of the picture: tiles are walked as they are asked for.

    Attributes:
        info: What the header tells.
        geometry: Scales and tiles; None where no network was used, and then only `info` and `ledger` are to be had.
        ledger: Where the bytes are; the model's bits appear in it as they become known.
        damage: Which of the tiles that were asked for cannot be decoded, from which scale on, and why.
        layer_kinds, part_kinds: What can be asked for of scales, and of which samples.
        channel_names: Of the channels of a picture in colour.
        has_free_pixels: Whether every fourth pixel follows from the others.
    """

    layer_kinds: tuple[Layer, ...] = NETWORK_LAYERS
    part_kinds: tuple[Part, ...] = NETWORK_PARTS
    channel_names: tuple[str, ...] = CHANNEL_NAMES
    has_free_pixels = True

    def __init__(self, source: Path | bytes, options: CodecOptions = CodecOptions(), *, fallback: str = "") -> None:
        self._source = source
        self._fallback = fallback
        self._options = options
        self.info: FileInfo = read_info(source)
        with opened(source) as reader:
            self._tiles: Geometry | None = reader.geometry
            self.ledger: Ledger = read_ledger(reader)
        self.geometry: ScaleGeometry | None = self._tiles
        self.damage = DamageLog()
        self._runtime: Runtime | None = None
        self._states: StateCache = ByteCache(_STATE_BYTES)
        self._steps: ByteCache[tuple[int, int], TileSteps] = ByteCache(_STEP_BYTES)
        self._bits: dict[tuple[int, int], NDArray[np.float64]] = {}

    @property
    def scales(self) -> tuple[int, ...]:
        """Coded scales, coarse to fine; empty without a network."""
        return tuple(self._tiles.coded_scales()) if self._tiles is not None else ()

    @property
    def shown_scales(self) -> tuple[int, ...]:
        """Scales that there is something to see of: the base and the coded ones; empty without a network."""
        return (len(self.scales), *self.scales) if self.scales else ()

    def layers_at(self, scale: int) -> tuple[Layer, ...]:
        """What there is to see of a scale: of the base only its values."""
        return tuple(layer for layer in self.layer_kinds if scale in self.scales or layer.in_values)

    def halvings(self, scale: int) -> int:
        """How often the picture was halved at a scale."""
        return scale

    def cell(self, scale: int) -> int:  # noqa: ARG002 - the same at all scales
        """Pixels of a scale, across and down, that one readout is of."""
        return 1

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

    def part_size(self, scale: int, part: Part, layer: Layer = Layer.ACTUAL) -> tuple[int, int]:
        """(height, width) of a layer's plane for the whole picture at a coded scale."""
        height, width = self._sizes().scale_size(scale)
        if layer is Layer.BLOCK_COST:
            return -(-height // self.cell(scale)), -(-width // self.cell(scale))
        if part in (Part.ALL, Part.BAND):
            return height, width
        row, column = part.offset or (0, 0)
        return (height + 1 - row) // 2, (width + 1 - column) // 2

    @property
    def colour_channels(self) -> int:
        """Channels that are coded: 3, or 1 for a grey picture."""
        return 1 if len({row.channel for row in self.ledger.rows if row.channel is not None}) == 1 else 3

    def tiles_touching(self, scale: int, region: tuple[int, int, int, int] | None = None) -> list[int]:
        """Tiles that share pixels with `region` (left, top, right, bottom) of `scale`; all when None."""
        geometry, halved = self._sizes(), self.halvings(scale)
        if region is None:
            return list(range(geometry.tile_count))
        left, top, right, bottom = (place << halved for place in region)
        return list(geometry.tiles_touching(Box(left, top, right, bottom)))

    def layers(
        self, scale: int, tiles: Sequence[int] | None = None, *, cancel: CancelToken | None = None
    ) -> Iterator[LayeredTile]:
        """What `maps` makes, as bytes that can be shown. Arguments and errors are its."""
        for maps in self.maps(scale, tiles, cancel=cancel):
            yield make_layers(maps)

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

    def readout(self, scale: int, x: int, y: int, *, cancel: CancelToken | None = None) -> PixelReadout | BlockReadout:
        """Everything about a pixel, or about the block that it lies in. Errors as `pixel`."""
        return self.pixel(scale, x, y, cancel=cancel)

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
        if reader.file_bytes != self.info.file_bytes or reader.geometry != self._tiles:
            raise DamagedFileError(f"{reader.name} was changed while it was inspected. Open it again.")

    def _network(self) -> Geometry:
        if self._tiles is None:
            raise ValueError(f"a file of method {self.info.method} was not coded by the network")
        return self._tiles

    def _sizes(self) -> ScaleGeometry:
        if self.geometry is None:
            raise ValueError(f"a file of method {self.info.method} has no scales")
        return self.geometry
