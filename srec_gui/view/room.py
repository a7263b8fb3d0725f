"""The room without its widgets: which picture is shown, which come next, what changes on the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from srec_gui.engine import CodecOptions, Engine
from srec_gui.settings import Settings
from srec_gui.view.document import Document
from srec_gui.view.folder import Sequel
from srec_gui.view.loader import Loader
from srec_gui.view.navigator import Navigator
from srec_gui.view.watch import FileWatch
from srec_gui.worker import Worker

__all__ = ["Room"]

_LONGEST_SLIDE = 3600.0


class Room(QObject):
    """Opens pictures and walks through them.

    Signals:
        document_changed(): `document` is a newer one.
        sequel_changed(): Other files, or another one of them, are at hand.
        slideshow_changed(bool): The slideshow began or ended.
    """

    document_changed = Signal()
    sequel_changed = Signal()
    slideshow_changed = Signal(bool)

    def __init__(self, worker: Worker, settings: Settings, engine: Engine, parent: QObject | None = None) -> None:
        """An empty room."""
        super().__init__(parent)
        self._settings = settings
        self._loader = Loader(worker, engine, lambda: CodecOptions(device=settings.device), self)
        self._navigator = Navigator(worker, self)
        self._watch = FileWatch(self)
        self._direction = 1
        self._remembered: Path | None = None
        self._slides = QTimer(self)
        self._slides.setSingleShot(True)
        self._slides.timeout.connect(self._next_slide)
        self._slideshow = False
        self._loader.changed.connect(self._loaded)
        self._navigator.changed.connect(self._listed)
        self._watch.file_changed.connect(self.reload)
        self._watch.folder_changed.connect(self._folder_changed)

    @property
    def document(self) -> Document | None:
        """What is shown."""
        return self._loader.document

    @property
    def sequel(self) -> Sequel:
        """The files, and which one is shown."""
        return self._navigator.sequel

    @property
    def slideshow(self) -> bool:
        """Whether pictures follow by themselves."""
        return self._slideshow

    @property
    def loading(self) -> bool:
        """Whether the shown picture is still being opened or refined."""
        return self._loader.loading

    def open_path(self, path: Path) -> None:
        """Show `path`, and its folder around it."""
        self._navigator.go(path)
        self._open(path)

    def open_paths(self, paths: list[Path]) -> None:
        """Show the first of `paths`; several ones are walked through, one alone brings its folder."""
        if len(paths) == 1:
            self.open_path(paths[0])
        elif paths:
            self._navigator.choose(paths, paths[0])
            self._open(paths[0])

    def step(self, delta: int) -> bool:
        """Show the next (1) or previous (-1) picture; False when there is none."""
        path = self._neighbour(delta)
        if path is None:
            return False
        self._direction = 1 if delta > 0 else -1
        self._go(path)
        return True

    def can_step(self, delta: int) -> bool:
        """Whether there is a next (1) or previous (-1) picture."""
        return self._neighbour(delta) is not None

    def go_to(self, index: int) -> None:
        """Show the file at `index`; -1 is the last."""
        paths = self.sequel.paths
        if paths and paths[index] != self.sequel.current:
            self._go(paths[index])

    def reload(self) -> None:
        """Read the shown file again."""
        self._loader.reload()

    def close(self) -> None:
        """Show nothing and stop everything."""
        self.set_slideshow(False)
        self._loader.close()
        self._navigator.stop()
        self._watch.watch(None)

    def set_slideshow(self, on: bool) -> None:
        """Begin or end the slideshow."""
        on = on and len(self.sequel.paths) > 1
        if on == self._slideshow:
            return
        self._slideshow = on
        if on:
            self._time_slide()
        else:
            self._slides.stop()
        self.slideshow_changed.emit(on)

    def _go(self, path: Path) -> None:
        self._navigator.go(path)
        self._open(path)

    def _open(self, path: Path) -> None:
        self._slides.stop()
        self._watch.watch(path)
        self._loader.open(path)
        self._preload()

    def _loaded(self) -> None:
        document = self.document
        if document is not None and document.picture is not None and document.path != self._remembered:
            self._remembered = document.path
            self._settings.add_recent(document.path)
        self._time_slide()
        self.document_changed.emit()

    def _listed(self) -> None:
        self._preload()
        self.sequel_changed.emit()

    def _folder_changed(self) -> None:
        self._loader.forget_ahead()
        self._navigator.refresh()

    def _preload(self) -> None:
        """Open ahead what the person most probably wants next, then the way back."""
        near = (self._neighbour(self._direction), self._neighbour(-self._direction))
        self._loader.preload(tuple(dict.fromkeys(path for path in near if path is not None)))

    def _neighbour(self, delta: int) -> Path | None:
        return self.sequel.step(delta, wrap=self._settings.wrap_around)

    def _time_slide(self) -> None:
        """The time of a slide begins when its picture is complete."""
        document = self.document
        if self._slideshow and document is not None and document.settled and not self._slides.isActive():
            self._slides.start(round(1000 * min(_LONGEST_SLIDE, max(0.0, self._settings.slideshow_seconds))))

    def _next_slide(self) -> None:
        if self._slideshow and not self.step(1):
            self.set_slideshow(False)
