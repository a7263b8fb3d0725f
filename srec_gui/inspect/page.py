"""The Inspect room: the pyramid, two linked views, what the pointer is at, and where the bytes are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.analysis import ValueRange
from srec_gui.engine import CodecOptions, Engine
from srec_gui.inspect.arrival import Arrival
from srec_gui.inspect.bindings import bind_actions, update_actions
from srec_gui.inspect.budget import BudgetLine
from srec_gui.inspect.budget_bar import BudgetBar
from srec_gui.inspect.budget_table import BudgetTable
from srec_gui.inspect.canvas import Views
from srec_gui.inspect.choice import Choice, Chooser, SideChoice, SideName
from srec_gui.inspect.front import Front
from srec_gui.inspect.histograms import Counts, Histograms
from srec_gui.inspect.jpeg_budget import budget_of
from srec_gui.inspect.kept_choice import keep_choice, restore_choice
from srec_gui.inspect.layouts import column_of, splitter_of
from srec_gui.inspect.pixel_panel import PixelPanel
from srec_gui.inspect.play import Play
from srec_gui.inspect.ranges import Ranges
from srec_gui.inspect.session import Session
from srec_gui.inspect.side import Side
from srec_gui.inspect.status_line import StatusLine
from srec_gui.inspect.strip import PyramidStrip
from srec_gui.inspect.tile_images import TileImages
from srec_gui.inspect.viewport import Viewport
from srec_gui.pages import Page
from srec_gui.settings import Settings
from srec_gui.worker import Worker

if TYPE_CHECKING:
    from srec_engine import BlockReadout, Inspection, PixelReadout

__all__ = ["InspectPage"]

_TABLE_HEIGHT = 144
"""Of the table before the person moves the divider: its titles and the five steps of a scale."""

_SETTLE_MS = 40
"""How long the view rests before its tiles are asked for."""


class InspectPage(Page):
    """The inspector."""

    context: ClassVar[Context] = Context.INSPECT

    def __init__(
        self,
        worker: Worker,
        settings: Settings,
        actions: Actions,
        parent: QWidget | None = None,
        *,
        engine: Engine | None = None,
    ) -> None:
        """An empty room."""
        super().__init__(worker, settings, actions, parent, engine=engine)
        self.session = Session(worker, self.engine, lambda: CodecOptions(device=settings.device), self)
        self.chooser = Chooser(self)
        self.viewport = Viewport(self)
        self.histograms = Histograms(worker, self.session, self)
        self.play = Play(self.session, self.chooser, self)
        self.strip = PyramidStrip(self.session, self.chooser, self)
        self.status = StatusLine(self)
        self.arrival = Arrival(self.session, self.chooser, self)
        self.ranges = Ranges()
        views = Views(self.session, self.chooser, self.viewport, TileImages())
        self.left = Side(self.tr("Left view"), "left", views, self)
        self.right = Side(self.tr("Right view"), "right", views, self)
        self.panel = PixelPanel(self.chooser, self)
        self.readout = self.panel.pixels
        self.budget_bar = BudgetBar(self)
        self.budget_table = BudgetTable(self)
        self.front = Front(self)
        self.placard = self.front.placard
        self.in_front = False
        self._flipped = False
        self._hover: tuple[int, int] | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._want_tiles)
        self._lay_out()
        self._connect()
        restore_choice(self.chooser, settings)
        bind_actions(self, actions)

    def open_path(self, path: Path) -> None:
        """Look into `path`."""
        self._before_opening()
        self.session.open(path.absolute())

    def enter(self) -> None:
        """The room has come to the front."""
        self.in_front = True
        self.session.prepare()
        self.session.set_active(True)
        self._show_state()
        if self.session.path is not None:
            self.title_changed.emit(self.session.path.name)

    def leave(self) -> None:
        """Another room has come to the front: the engine is its."""
        self.in_front = False
        self.play.set_running(False)
        self.session.set_active(False)

    def stop(self) -> None:
        """Stop everything for good."""
        self.play.set_running(False)
        self._settle.stop()
        self.histograms.stop()
        self.session.set_active(False)
        self.session.close()

    def tool_actions(self) -> list[str]:
        """What the tool bar shows."""
        return [
            "inspect.coarser",
            "inspect.finer",
            "inspect.play",
            "",
            "inspect.zoom_out",
            "inspect.zoom_in",
            "inspect.zoom_fit",
            "",
            "inspect.save_map",
            "inspect.open",
        ]

    def step_scale(self, finer: int) -> None:
        """Show the next finer (1) or coarser (-1) scale."""
        scales = self.strip.scales()
        if self.chooser.choice.scale in scales:
            position = scales.index(self.chooser.choice.scale) + finer
            self.chooser.choose(scale=scales[min(len(scales) - 1, max(0, position))])

    def analyse_with_network(self) -> None:
        """Code the picture of a file that is held otherwise with the network, and look into that."""
        self._before_opening()
        self.session.analyse_with_network()

    def copy_pixel(self) -> None:
        """Put all that is known of the pixel into the clipboard."""
        path = self.session.path
        text = self.panel.report(path.name, self.session.names) if path is not None else ""
        if text:
            QGuiApplication.clipboard().setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """While Shift is held, left and right are exchanged."""
        if event.key() == Qt.Key.Key_Shift:
            self._flip(True)
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Back again."""
        if event.key() == Qt.Key.Key_Shift:
            self._flip(False)
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A key that is let go elsewhere is let go."""
        self._flip(False)
        super().focusOutEvent(event)

    def _lay_out(self) -> None:
        views = splitter_of(Qt.Orientation.Horizontal, self.left, self.right)
        upper = column_of(views, self.budget_bar, stretched=views)
        work = splitter_of(Qt.Orientation.Vertical, upper, self.budget_table)
        work.setStretchFactor(0, 1)
        work.setSizes([460, _TABLE_HEIGHT])
        middle = QWidget(self)
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(work, 1)
        row.addWidget(self.panel)
        self._content = column_of(self.strip, middle, self.status, stretched=middle)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.front)
        self._stack.addWidget(self._content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._opened)
        session.failed.connect(self._failed)
        session.tiles_changed.connect(self._tiles_changed)
        session.ledger_changed.connect(self._show_ledger)
        session.pixel_read.connect(self._show_pixel)
        session.pixel_failed.connect(self._show_problem)
        session.state_changed.connect(self._show_state)
        session.parts_read.connect(self._show_parts)
        self.chooser.changed.connect(self._show_choice)
        self.viewport.changed.connect(self._settle.start)
        self.histograms.counted.connect(self._counted)
        self.placard.network_wanted.connect(self.analyse_with_network)
        self.placard.open_wanted.connect(self.registry["window.open"].trigger)
        self.placard.cancel_wanted.connect(self._cancel_opening)
        self.play.running_changed.connect(self.registry["inspect.play"].setChecked)
        for side, name in self._sides():
            side.canvas.hovered.connect(self._hovered)
            side.bar.limits_chosen.connect(lambda limits, name=name: self._limits_chosen(name, limits))
        for widget in (self.budget_bar, self.budget_table):
            widget.chosen.connect(self._choose_line)

    def _sides(self) -> tuple[tuple[Side, SideName], ...]:
        return (self.left, "left"), (self.right, "right")

    def _before_opening(self) -> None:
        self.play.set_running(False)
        self._hover = self.ranges.counts = None
        self.front.show_parts(None, ())
        self.chooser.choose(pin=None)
        self.panel.clear()

    def _opened(self) -> None:
        session = self.session
        for side in (self.left, self.right):
            side.canvas.forget()
        inspection = session.inspection
        self._show_parts()
        if session.path is None or inspection is None:
            self.placard.invite()
            self._stack.setCurrentWidget(self.front)
            return
        self.title_changed.emit(session.path.name)
        if inspection.geometry is None:
            self.front.explain(inspection.info, session.path.name)
            self._stack.setCurrentWidget(self.front)
            self._show_state()
            return
        self.viewport.show(inspection.geometry.width, inspection.geometry.height)
        self._offer(inspection)
        self.arrival.begin()
        self._stack.setCurrentWidget(self._content)
        self._show_ledger()
        self._show_choice()
        self.left.canvas.setFocus()

    def _offer(self, inspection: Inspection) -> None:
        """Let be chosen what the file has."""
        names = self.session.names
        self.panel.offer(names)
        for side in (self.left, self.right):
            side.boxes.offer(inspection.layer_kinds, inspection.part_kinds, names)
        self.chooser.offer(inspection.layer_kinds, inspection.part_kinds, inspection.halvings)

    def _show_parts(self) -> None:
        inspection = self.session.inspection
        self.front.show_parts(inspection.info if inspection is not None else None, self.session.parts)
        self._show_ledger()

    def _cancel_opening(self) -> None:
        """Back to what the file says by itself."""
        path = self.session.path
        if path is not None:
            self.open_path(path)

    def _failed(self, text: str) -> None:
        self.placard.complain(self.session.named(text))
        self._stack.setCurrentWidget(self.front)
        self._show_state()

    def _show_choice(self) -> None:
        choice = self.chooser.choice
        self._show_layers()
        self.budget_bar.show_choice(choice)
        self.budget_table.show_choice(choice)
        self.histograms.want(choice)
        self._settle.start()
        self._show_mark()
        self._show_damage()
        keep_choice(self.chooser, self.settings)
        update_actions(self, self.registry)

    def _show_layers(self) -> None:
        choice, inspection = self.chooser.choice, self.session.inspection
        coloured = inspection is not None and inspection.colour_channels > 1
        coded = inspection is not None and choice.scale in inspection.scales
        told = inspection.layers_at(choice.scale) if inspection is not None else ()
        shown = (choice.right, choice.left) if self._flipped else (choice.left, choice.right)
        for (side, name), what in zip(self._sides(), shown, strict=True):
            side.boxes.show_choice(getattr(choice, name), coloured=coloured, coded=coded)
            self._show_side(side, choice, what, coloured=coloured, told=what.layer in told)

    def _show_side(self, side: Side, choice: Choice, what: SideChoice, *, coloured: bool, told: bool) -> None:
        limits = self.ranges.limits(choice, what)
        counts = self.ranges.histogram(choice, what)
        table = self.ranges.table(what, limits)
        side.show_choice(what, limits, table, counts, coloured=coloured, told=told)

    def _limits_chosen(self, name: SideName, limits: ValueRange | None) -> None:
        if self._flipped:
            name = "left" if name == "right" else "right"
        self.chooser.choose_side(name, limits=limits)

    def _counted(self, counts: Counts) -> None:
        self.ranges.counts = counts
        self._show_layers()

    def _tiles_changed(self) -> None:
        for side in (self.left, self.right):
            side.canvas.update()
        self.histograms.want(self.chooser.choice)
        self._show_damage()

    def _want_tiles(self) -> None:
        inspection, scale = self.session.inspection, self.chooser.choice.scale
        if inspection is None or inspection.geometry is None or scale not in inspection.scales:
            return
        geometry = inspection.geometry
        halved = inspection.halvings(scale)
        x, y = (place / (1 << halved) for place in self.viewport.center)

        def distance(tile: int) -> float:
            box = geometry.tile_box(scale, tile)
            return abs((box.left + box.right) / 2 - x) + abs((box.top + box.bottom) / 2 - y)

        tiles = inspection.tiles_touching(scale, self.viewport.visible(halved))
        self.session.want_tiles(scale, sorted(tiles, key=distance))

    def _hovered(self, pixel: tuple[int, int] | None) -> None:
        self._hover = pixel
        if self.chooser.choice.pin is None:
            self._show_mark()

    def _show_mark(self) -> None:
        choice, inspection = self.chooser.choice, self.session.inspection
        pixel = choice.pin or self._hover
        if inspection is None or inspection.geometry is None:
            return
        height, width = inspection.geometry.scale_size(choice.scale)
        if pixel is not None and not (pixel[0] < width and pixel[1] < height):
            pixel = None
        for side in (self.left, self.right):
            side.canvas.set_mark(pixel)
        told = self.panel.readout.pixel
        if pixel is None and told is not None and told.scale != choice.scale:
            self.panel.clear()
        if pixel is not None and choice.scale in inspection.scales:
            self.panel.readout.show_place(*pixel, self.session.names.scale(choice.scale))
            self.session.want_pixel(choice.scale, *pixel)

    def _show_pixel(self, told: PixelReadout | BlockReadout) -> None:
        if told.scale == self.chooser.choice.scale and self.session.inspection is not None:
            self.panel.show_pixel(told, self.session.names.scale(told.scale))
            update_actions(self, self.registry)

    def _show_problem(self, text: str) -> None:
        self.panel.readout.show_problem(self.session.named(text))
        self._show_damage()

    def _show_damage(self) -> None:
        inspection = self.session.inspection
        lost = inspection.damage.of_scale(self.chooser.choice.scale) if inspection is not None else {}
        self.status.show_damage([self.session.named(sentence) for sentence in lost.values()])

    def _show_ledger(self) -> None:
        budget = budget_of(self.session)
        self.budget_bar.show_budget(budget)
        self.budget_table.show_budget(budget)
        self.status.show_sums(budget.sums if budget is not None else "")

    def _show_state(self) -> None:
        inspection = self.session.inspection
        self.status.show_fallback(inspection.fallback if inspection is not None else "")
        self.status.show_state(self.session.doing)
        if self._stack.currentWidget() is self.front and self.session.doing:
            self.placard.wait(self.session.doing, self.session.progress)
        update_actions(self, self.registry)

    def _choose_line(self, line: BudgetLine) -> None:
        if line.scale is None:
            return
        inspection = self.session.inspection
        if line.part is not None and inspection is not None and line.scale in inspection.scales:
            changes = {} if line.channel is None else {"channel": line.channel}
            self.chooser.choose_both(scale=line.scale, part=line.part, **changes)
        else:
            self.chooser.choose(scale=line.scale)

    def _flip(self, on: bool) -> None:
        if on != self._flipped:
            self._flipped = on
            self._show_layers()
