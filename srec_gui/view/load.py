"""One file being opened: its tasks, and the document as it grows. Lives in the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from srec_gui.engine import CancelToken, CodecOptions, Engine, Method, Progress
from srec_gui.view.document import Document, State
from srec_gui.view.loading import TooLargeToPreloadError, explain, open_document, refine_document
from srec_gui.worker import LaneName, Task, Worker

__all__ = ["Load"]

_FIRST_LOOK_MS = 40
"""Pause before a base is refined. Importing torch holds the interpreter for long: the base must be painted before.
Whoever leafs through a folder quickly does not start the network for every picture, either."""


class Load(QObject):
    """Opens one file, in the disk lane and then, for a `.srec`, in the engine lane.

    Signals:
        changed(): `document` is a newer one.

    Attributes:
        document: What is known by now.
    """

    changed = Signal()

    def __init__(
        self,
        worker: Worker,
        engine: Engine,
        path: Path,
        options: CodecOptions,
        *,
        urgent: bool = True,
        max_pixels: int | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Begin to open `path`; before other work when `urgent`, not at all above `max_pixels`."""
        super().__init__(parent)
        self.document = Document(path)
        self._worker = worker
        self._engine = engine
        self._options = options
        self._urgent = urgent
        self._task: Task | None = None
        self._refining = QTimer(self)
        self._refining.setSingleShot(True)
        self._refining.setInterval(_FIRST_LOOK_MS)
        self._refining.timeout.connect(self._refine)
        self._open(max_pixels)

    @property
    def settled(self) -> bool:
        """Whether nothing more is to come."""
        return self.document.settled or (self._task is None and not self._refining.isActive())

    def hurry(self) -> None:
        """The person waits for it now: it goes before other work."""
        self._urgent = True
        if self._task is not None:
            self._task.hurry()

    def cancel(self) -> None:
        """Stop; nothing is signalled any more."""
        self._refining.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _open(self, max_pixels: int | None) -> None:
        path, engine = self.document.path, self._engine
        limits = {} if max_pixels is None else {"max_pixels": max_pixels}

        def work(cancel: CancelToken, report: Callable[[object], None]) -> Document:
            return open_document(path, engine, cancel, report, **limits)

        self._submit(work, "disk")

    def _submit(self, work: Callable[[CancelToken, Callable[[object], None]], Document], lane: LaneName) -> None:
        task = self._worker.submit(work, lane=lane, urgent=self._urgent, gives_way=not self._urgent)
        self._task = task
        task.progressed.connect(lambda value: self._progressed(task, value))
        task.finished.connect(lambda value: self._finished(task, value))
        task.failed.connect(lambda error: self._failed(task, error))

    def _progressed(self, task: Task, value: object) -> None:
        if task is not self._task:
            return
        if isinstance(value, Document):
            self._show(replace(value, fraction=self.document.fraction, scale=self.document.scale))
        elif isinstance(value, Progress):
            document = self.document
            scale = document.scale if value.scale is None else value.scale
            self._show(replace(document, fraction=value.fraction, scale=scale, message=value.message))

    def _finished(self, task: Task, value: object) -> None:
        if task is not self._task or not isinstance(value, Document):
            return
        self._task = None
        if value.state is State.REFINING:
            self._refining.start()
        self._show(value)

    def _refine(self) -> None:
        document, engine, options = self.document, self._engine, self._options

        def work(cancel: CancelToken, report: Callable[[object], None]) -> Document:
            return refine_document(document, engine, options, cancel, report)

        info = document.facts.info if document.facts is not None else None
        # Only the network needs the engine's thread; what Pillow decodes need not wait behind a compression.
        self._submit(work, "engine" if info is None or info.method is Method.SREC else "disk")

    def _failed(self, task: Task, error: object) -> None:
        if task is not self._task:
            return
        self._task = None
        if isinstance(error, TooLargeToPreloadError) and self._urgent:
            # It was opened ahead, within a limit, and is now what the person wants to see.
            self._open(None)
            return
        reason = error if isinstance(error, BaseException) else RuntimeError(str(error))
        self._show(self.document.failed(explain(reason, self.document.path)))

    def _show(self, document: Document) -> None:
        self.document = document
        self.changed.emit()
