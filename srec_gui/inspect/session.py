"""One file under inspection: what is asked of the engine, in which order, and what came back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from srec_gui.analysis import JpegPart
from srec_gui.engine import CancelToken, CodecOptions, Engine, Progress
from srec_gui.inspect.store import TileStore
from srec_gui.inspect.words import Names, names_of
from srec_gui.worker import Task, Worker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from srec_engine import BlockReadout, Inspection, Ledger, PixelReadout

__all__ = ["Session"]

logger = logging.getLogger(__name__)

_JOB_PIXELS = 600_000
"""Pixels of a job: small enough for a readout not to wait long."""

_GLANCE_PIXELS = 300_000
"""A scale of at most so many pixels is computed whole without being asked for: the strip shows it."""


@dataclass(frozen=True, slots=True)
class _News:
    """Something came into the store."""


class Session(QObject):
    """Asks the engine, one question at a time; the newest one of each kind wins.

    Signals:
        opened(): Another file is here (`inspection`), or none.
        failed(str): It could not be opened or analysed.
        tiles_changed(): There are new tiles in `store`.
        ledger_changed(): The ledger has more of the model's bits.
        pixel_read(object): A `PixelReadout`, or a `BlockReadout` of a JPEG.
        pixel_failed(str): Why the wanted pixel cannot be read out.
        state_changed(): `doing` or `progress` is another one.
        parts_read(): `parts` has come.

    Attributes:
        path: The file, or None.
        inspection: What it is asked through; None until it is open.
        base: Its coarsest scale, uint8 (height, width, 1 or 3).
        store: Layers of the tiles that were computed.
        parts: Of the file that it holds, where it holds one that can be looked into.
        doing: What is being done, in words; "" for nothing.
        progress: How far that is, 0 to 1; None where that is not known.
    """

    opened = Signal()
    failed = Signal(str)
    tiles_changed = Signal()
    ledger_changed = Signal()
    pixel_read = Signal(object)
    pixel_failed = Signal(str)
    state_changed = Signal()
    parts_read = Signal()

    def __init__(
        self, worker: Worker, engine: Engine, options: Callable[[], CodecOptions], parent: QObject | None = None
    ) -> None:
        """Nothing is open; `options` is asked at every opening."""
        super().__init__(parent)
        self._worker = worker
        self._engine = engine
        self._options = options
        self.path: Path | None = None
        self.inspection: Inspection | None = None
        self.base: NDArray[np.uint8] | None = None
        self.store = TileStore()
        self.parts: tuple[JpegPart, ...] = ()
        self.doing = ""
        self.progress: float | None = None
        self._active = self._prepared = False
        self._wanted: tuple[int, list[int]] = (0, [])
        self._pixel_wanted: tuple[int, int, int] | None = None
        self._opening: Task | None = None
        self._task: Task | None = None
        self._task_is_urgent = False
        self._pixel_task: Task | None = None
        self._parts_task: Task | None = None
        self._readout_prepared = False
        self._ledger_asked = False

    @property
    def ledger(self) -> Ledger | None:
        """Where the bytes of the file are."""
        return self.inspection.ledger if self.inspection is not None else None

    @property
    def names(self) -> Names:
        """What things of the file are called."""
        return names_of(self.inspection)

    def halvings(self, scale: int) -> int:
        """How often the picture was halved at a scale."""
        return self.inspection.halvings(scale) if self.inspection is not None else scale

    @property
    def base_halvings(self) -> int:
        """Of the coarsest scale."""
        scales = self.inspection.shown_scales if self.inspection is not None else ()
        return self.halvings(scales[0]) if scales else 0

    def prepare(self) -> None:
        """Load what the first question needs, while the person still chooses a file."""
        if self._prepared:
            return
        self._prepared = True
        engine, options = self._engine, self._options()
        self._worker.submit(lambda _cancel, _report: engine.prepare_inspection(options))

    def open(self, path: Path) -> None:
        """Look into another file."""
        engine, options = self._engine, self._options()

        def work(_cancel: CancelToken, _report: Callable[[object], None]) -> Any:
            inspection = engine.inspect_file(path, options)
            return inspection, inspection.base() if inspection.geometry is not None else None

        self._begin(path)
        self._opening = self._submit(work, self._took, lane="disk")
        self._set_doing(self.tr("Opening…"))

    def analyse_with_network(self) -> None:
        """Code the picture of a file that is held otherwise with the network, and look into that."""
        if self.path is None:
            return
        path, engine, options = self.path, self._engine, self._options()

        def work(cancel: CancelToken, report: Callable[[object], None]) -> Any:
            inspection = engine.inspect_with_network(path, options, cancel=cancel, progress=report)
            return inspection, inspection.base()

        self._begin(path)
        self._opening = self._submit(work, self._took, urgent=True)
        self._opening.progressed.connect(self._coded)
        self._set_doing(self.tr("Coding with the network…"), 0.0)

    def damage_at(self, scale: int, tile: int) -> str:
        """Why a tile cannot be shown at a scale, in a sentence that calls the file by its name; "" when it can."""
        text = self.inspection.damage.at(scale, tile) if self.inspection is not None else ""
        return self.named(text)

    def named(self, text: str) -> str:
        """A sentence of the engine with the file's name in place of its path."""
        return text if self.path is None else text.replace(str(self.path), self.path.name)

    def close(self) -> None:
        """Stop everything and forget the file."""
        self._begin(None)
        self._set_doing("")
        self.opened.emit()

    def set_active(self, on: bool) -> None:
        """Whether the room is in front: only then is anything computed."""
        self._active = on
        if on:
            self._advance()
        elif self._task is not None:
            self._task.cancel()

    def want_tiles(self, scale: int, tiles: list[int]) -> None:
        """These are seen now, the most wanted first."""
        self._wanted = (scale, tiles)
        if self._task is not None and not self._task_is_urgent and self._missing():
            self._task.cancel()
        self._advance()

    def want_pixel(self, scale: int, x: int, y: int) -> None:
        """Read out this pixel; `pixel_read` follows unless another one is wanted before."""
        self._pixel_wanted = (scale, x, y)
        if self._task is not None and not self._task_is_urgent:
            self._task.cancel()
        self._read_pixel()

    def _begin(self, path: Path | None) -> None:
        for task in (self._opening, self._task, self._pixel_task, self._parts_task):
            if task is not None:
                task.cancel()
        self._opening = self._task = self._pixel_task = self._parts_task = None
        self.parts = ()
        self._pixel_wanted = None
        self._readout_prepared = self._ledger_asked = False
        self.path, self.inspection, self.base = path, None, None
        self.store = TileStore()
        self._wanted = (0, [])

    def _submit(self, work: Any, done: Callable[[Any], None], **choices: Any) -> Task:
        """Submit a job whose end is heeded only as long as its file is the one that is open."""
        task = self._worker.submit(work, **choices)
        path = self.path

        def current(value: Any) -> None:
            if self.path == path and task in (self._opening, self._task, self._pixel_task, self._parts_task):
                done(value)

        task.finished.connect(current)
        task.failed.connect(lambda error: self._failed(task, error))
        task.cancelled.connect(lambda: self._stopped(task))
        return task

    def _took(self, result: tuple[Inspection, NDArray[np.uint8] | None]) -> None:
        self._opening = None
        self.inspection, self.base = result
        self._set_doing("")
        self.opened.emit()
        self._read_parts()
        self._advance()

    def _read_parts(self) -> None:
        """Ask where the bits are of the file that is held. It has to be unpacked for that: the placard comes first."""
        inspection = self.inspection
        if inspection is None or not inspection.info.method.holds_file:
            return

        def work(cancel: CancelToken, _report: Callable[[object], None]) -> tuple[JpegPart, ...]:
            return inspection.source_parts(cancel=cancel)

        self._parts_task = self._submit(work, self._parts_came, lane="disk")

    def _parts_came(self, parts: tuple[JpegPart, ...]) -> None:
        self._parts_task = None
        self.parts = parts
        self.parts_read.emit()

    def _coded(self, progress: Progress) -> None:
        self._set_doing(self.tr("Coding with the network…"), progress.fraction)

    def _advance(self) -> None:
        """Begin the next job, when none runs: what is seen, then small scales, then the rest of the ledger."""
        self._prepare_readout()
        if not self._active or self.inspection is None or self._task is not None or not self.inspection.scales:
            return
        scale, tiles = self._wanted[0], self._missing()
        self._task_is_urgent = bool(tiles)
        if not tiles:
            scale, tiles = self._glance()
        if tiles:
            self._compute(scale, tiles)
        elif self.ledger_is_open and not self._ledger_asked:
            self._complete_ledger()
        else:
            self._set_doing("")

    @property
    def ledger_is_open(self) -> bool:
        """Whether there are bits of the model that are not in the ledger."""
        ledger = self.ledger
        return ledger is not None and bool(ledger.scales) and ledger.model_bits is None

    def _missing(self) -> list[int]:
        scale, tiles = self._wanted
        if self.inspection is None or scale not in self.inspection.scales:
            return []
        return [tile for tile in self.store.missing(scale, tiles) if not self.inspection.damage.at(scale, tile)]

    def _glance(self) -> tuple[int, list[int]]:
        if self.inspection is not None and self.inspection.geometry is not None:
            for scale in self.inspection.scales:
                height, width = self.inspection.geometry.scale_size(scale)
                if height * width <= _GLANCE_PIXELS:
                    tiles = self.store.missing(scale, self.inspection.tiles_touching(scale))
                    tiles = [tile for tile in tiles if not self.inspection.damage.at(scale, tile)]
                    if tiles:
                        return scale, tiles
        return 0, []

    def _compute(self, scale: int, tiles: list[int]) -> None:
        inspection, store = self.inspection, self.store
        if inspection is None or inspection.geometry is None:
            return
        side = inspection.geometry.tile_size >> inspection.halvings(scale)
        batch = tiles[: max(1, _JOB_PIXELS // (side * side))]

        def work(cancel: CancelToken, report: Callable[[object], None]) -> None:
            for layers in inspection.layers(scale, batch, cancel=cancel):
                store.put(layers)
                report(_News())

        self._task = self._submit(work, self._ended, urgent=self._task_is_urgent)
        self._task.progressed.connect(lambda _news: self.tiles_changed.emit())
        if self._task_is_urgent:
            name = self.names.scale(scale) if self.names.of_jpeg else str(scale)
            self._set_doing(self.tr("Computing scale %1…").replace("%1", name))

    def _complete_ledger(self) -> None:
        inspection = self.inspection
        if inspection is None:
            return

        def work(cancel: CancelToken, report: Callable[[object], None]) -> None:
            inspection.complete_ledger(cancel=cancel, progress=report)

        self._task = self._submit(work, self._completed)
        self._task.progressed.connect(self._counted)
        self._set_doing(self.tr("Adding up the model’s bits…"))

    def _counted(self, progress: Progress) -> None:
        share = str(round(100 * progress.fraction))
        self._set_doing(self.tr("Adding up the model’s bits… %1 %").replace("%1", share))
        self.ledger_changed.emit()

    def _completed(self, nothing: object) -> None:
        # Scales with damaged tiles stay without the model's bits: asking again would not help.
        self._ledger_asked = True
        self._ended(nothing)

    def _prepare_readout(self) -> None:
        """Make the first readout quick, beside the other work: on a new machine something is compiled for it."""
        known = self.store.of_scale(None)
        inspection = self.inspection
        if self._readout_prepared or inspection is None or not known:
            return
        self._readout_prepared = True
        scale, tile = known[0].scale, known[0].tile

        def work(_cancel: CancelToken, _report: Callable[[object], None]) -> None:
            inspection.prepare_readout(scale, tile)

        self._worker.submit(work, lane="disk")

    def _ended(self, _nothing: object) -> None:
        self._task = None
        self.tiles_changed.emit()
        self.ledger_changed.emit()
        self._set_doing("")
        self._advance()

    def _read_pixel(self) -> None:
        if self._pixel_task is not None or self._pixel_wanted is None or self.inspection is None:
            return
        inspection, (scale, x, y) = self.inspection, self._pixel_wanted
        self._pixel_wanted = None
        if scale not in inspection.scales:
            return

        def work(cancel: CancelToken, _report: Callable[[object], None]) -> PixelReadout | BlockReadout:
            return inspection.readout(scale, x, y, cancel=cancel)

        self._pixel_task = self._submit(work, self._pixel_came, urgent=True)

    def _pixel_came(self, readout: PixelReadout | BlockReadout) -> None:
        self._pixel_task = None
        self.pixel_read.emit(readout)
        self._read_pixel()

    def _stopped(self, task: Task) -> None:
        if task is self._task:
            self._task = None
            self._set_doing("")
            self._advance()
        elif task is self._pixel_task:
            self._pixel_task = None
            self._read_pixel()

    def _failed(self, task: Task, error: Exception) -> None:
        if task is self._pixel_task:
            self._pixel_task = None
            self.pixel_failed.emit(str(error))
            self._read_pixel()
        elif task is self._parts_task:
            # How the file is held is said all the same; what is wrong with it is said by whoever opens its picture.
            self._parts_task = None
            logger.info("The parts of %s are not known: %s", self.path, error)
        elif task in (self._opening, self._task):
            self._opening = self._task = None
            self.inspection = None
            self._set_doing("")
            self.failed.emit(str(error))

    def _set_doing(self, text: str, progress: float | None = None) -> None:
        if (text, progress) != (self.doing, self.progress):
            self.doing, self.progress = text, progress
            self.state_changed.emit()
