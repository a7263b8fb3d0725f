"""The application: made once, runs the window, ends in good order."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from srec_gui import APP_ID, APP_NAME, __version__, aio
from srec_gui.actions import Actions
from srec_gui.engine import Engine
from srec_gui.garbage import GarbageCollector
from srec_gui.icons import icon
from srec_gui.instance import Instance
from srec_gui.rooms import load_rooms
from srec_gui.settings import Settings
from srec_gui.theme import Theme
from srec_gui.window import MainWindow
from srec_gui.worker import Worker

__all__ = ["Application", "Session"]

logger = logging.getLogger(__name__)

_STOP_SECONDS = 1.5
_LOAD_ROOMS_MS = 300
_SLOW_TO_UNLOAD = "torch"


class Application(QApplication):
    """A QApplication that knows its name and takes the files macOS hands over.

    Signals:
        file_opened(str): The system asks to open a file.
    """

    file_opened = Signal(str)

    def __init__(self, arguments: Sequence[str]) -> None:
        """Set what Qt needs before anything else exists."""
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        QGuiApplication.setDesktopFileName(APP_ID)
        super().__init__([APP_NAME, *arguments])
        self.setApplicationName(APP_ID)
        self.setApplicationDisplayName(APP_NAME)
        self.setApplicationVersion(__version__)
        self.setWindowIcon(icon("app"))

    def event(self, event: QEvent) -> bool:
        """Take a file that the system hands over."""
        if isinstance(event, QFileOpenEvent):
            self.file_opened.emit(event.file())
            return True
        return super().event(event)


class Session:
    """The window with everything it needs, from showing it to the last thread's end."""

    def __init__(
        self,
        application: QApplication,
        settings: Settings,
        *,
        engine: Engine | None = None,
        server_name: str = "",
    ) -> None:
        """Make everything; with a `server_name`, later starts of the program are listened for."""
        # The session decides when it is over: stopping the event loop would cut off what closes it.
        application.setQuitOnLastWindowClosed(False)
        self.settings = settings
        self.garbage = GarbageCollector()
        self.worker = Worker()
        self.actions = Actions()
        self.theme = Theme(application, settings)
        self.window = MainWindow(self.worker, settings, self.actions, engine=engine)
        self.window.close_wanted.connect(self._close_wanted)
        self._application = application
        self._spawner = aio.Spawner()
        self._asking = False
        self._ended = False
        self._over = asyncio.Event()
        self._instance = Instance(server_name) if server_name else None
        if self._instance is not None:
            self._instance.paths_received.connect(self._paths_received)
        if isinstance(application, Application):
            application.file_opened.connect(lambda name: self.window.take_paths([Path(name)]))

    def run(self, paths: Sequence[Path]) -> int:
        """Show the window, do the likely thing with `paths`, and return the exit code once it is closed."""
        self.window.show()
        if paths:
            # After the first paint: the window comes first.
            QTimer.singleShot(0, self.window, lambda: self.window.take_paths(list(paths)))
        # And after the first picture: these rooms are for later.
        QTimer.singleShot(_LOAD_ROOMS_MS, self.window, self._load_rooms)
        code = aio.run(self._application, self._live, self.window.close)
        self._end(code)
        return code

    def _load_rooms(self) -> None:
        if not self._ended:
            task = self.worker.submit(lambda _cancel, _report: load_rooms(), lane="disk")
            task.finished.connect(self._rooms_loaded)

    def _rooms_loaded(self, _nothing: object) -> None:
        self.window.make_rooms()
        logger.debug("All rooms are loaded.")

    async def _live(self) -> int:
        logger.debug("The window is up: from here on signals of the terminal close it.")
        await self._over.wait()
        return 0

    def _close_wanted(self) -> None:
        if not self._asking:
            self._asking = True
            self._spawner.spawn(self.close(), "close")

    async def close(self) -> None:
        """Ask when there is work, stop it, and end the application."""
        try:
            if not await self._may_close():
                return
        finally:
            self._asking = False
        if self._ended:
            return
        self._ended = True
        if self._instance is not None:
            self._instance.close()
        self.window.begin_closing()
        if self.worker.busy:
            self.window.setWindowTitle(self.window.tr("Stopping…"))
            await aio.next_signal(self.worker.idle, _STOP_SECONDS)
        self.window.close_now()
        self.settings.save()
        # Not QApplication.quit: that would stop the loop under the coroutine that returns the exit code.
        self._over.set()

    async def _may_close(self) -> bool:
        sentence = self.window.what_closing_interrupts()
        if not sentence:
            return True
        box = QMessageBox(self.window)
        box.setWindowTitle(APP_NAME)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setText(self.window.tr("Stop and close?"))
        box.setInformativeText(sentence + " " + self.window.tr("What is finished stays."))
        stop = box.addButton(self.window.tr("&Stop and Close"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.window.tr("&Keep Working"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        clicked = [False]
        box.buttonClicked.connect(lambda button: clicked.__setitem__(0, button is stop))
        await aio.show(box)
        return clicked[0]

    def _paths_received(self, paths: list[Path]) -> None:
        self.window.come_to_front()
        self.window.take_paths(paths)

    def _end(self, code: int) -> None:
        """Leave nothing behind, and do not wait for what needs no waiting."""
        self.worker.shutdown(0.3)
        stuck = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        if not stuck and _SLOW_TO_UNLOAD not in sys.modules:
            self.garbage.stop()
            return
        # A thread may be inside a long call of a library (importing torch, compiling): Python would wait for it, or
        # tear down what it is using. And to take torch apart object by object takes Python up to three seconds on a
        # busy machine. Nothing half-written exists and the settings are saved, so the process may simply end.
        if stuck:
            logger.info("Still busy at the end: %s.", ", ".join(stuck))
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
