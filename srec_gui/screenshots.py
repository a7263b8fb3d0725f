"""`python -m srec_gui.screenshots [FOLDER]`: a picture of every state, light, dark and at 150 %.

Each variant runs in a process of its own: a scale factor cannot be changed once Qt has started.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEventLoop, QLocale, QPointF, QSettings
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.app import Application
from srec_gui.compress import scenes as compress_scenes
from srec_gui.drop import Cargo
from srec_gui.engine import Engine, SrecEngine
from srec_gui.garbage import GarbageCollector
from srec_gui.inspect import scenes as inspect_scenes
from srec_gui.inspect.page import InspectPage
from srec_gui.resources import resource_path
from srec_gui.settings import ColourScheme, Settings
from srec_gui.theme import Theme
from srec_gui.view import scenes as view_scenes
from srec_gui.view.page import ViewPage
from srec_gui.window import MainWindow
from srec_gui.worker import Worker

__all__ = ["main"]

_VARIANTS = {"light": (ColourScheme.LIGHT, "1"), "dark": (ColourScheme.DARK, "1"), "150": (ColourScheme.LIGHT, "1.5")}
# The offscreen platform's own screen has 800 × 800 pixels: too few for what people have on theirs.
_SCREEN = {"name": "screen", "x": 0, "y": 0, "width": 2400, "height": 1500, "logicalDpi": 96, "logicalBaseDpi": 96}
_PATIENCE = 600.0
_SETTLE = 0.4
_SIZE = (1240, 760)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw all variants, or the one that is asked for. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m srec_gui.screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("output/screenshots"))
    parser.add_argument("--variant", choices=sorted(_VARIANTS), help="only this one, in this process")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.variant is not None:
        _draw(options.folder, options.variant)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        screen = Path(temporary) / "screen.json"
        screen.write_text(json.dumps({"screens": [_SCREEN]}))
        for name, (_, factor) in _VARIANTS.items():
            platform = f"offscreen:configfile={screen}"
            environment = {**os.environ, "QT_QPA_PLATFORM": platform, "QT_SCALE_FACTOR": factor}
            command = [sys.executable, "-m", "srec_gui.screenshots", str(options.folder), "--variant", name]
            code = subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - ourselves
            if code:
                return code
    sys.stdout.write(f"{len(list(options.folder.glob('*.png')))} pictures in {options.folder}\n")
    return 0


def _draw(folder: Path, variant: str) -> None:
    # The compiled entropy coder is the person's own: making it anew for each variant would take minutes.
    os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    # Before Qt looks where the trash and the settings are: nothing of the person's own may be touched.
    with tempfile.TemporaryDirectory() as temporary:
        private = Path(temporary).resolve()
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
            (private / name).mkdir()
            os.environ[name] = str(private / name)
        QLocale.setDefault(QLocale(QLocale.Language.English))
        application = Application([])
        garbage = GarbageCollector()
        stage = Stage(application, private / "HOME", folder, variant)
        stage.draw_compress_room()
        stage.draw_overlays_and_sheets()
        stage.draw_view_room()
        stage.draw_inspect_room()
        garbage.stop()


class Stage:
    """Plays the scenes of the rooms in real windows and keeps their pictures."""

    def __init__(self, application: QApplication, home: Path, folder: Path, variant: str) -> None:
        """Draw into `folder`, with files below `home`."""
        self._application = application
        self._home = home
        self._folder = folder
        self._variant = variant

    def draw_compress_room(self) -> None:
        """The queue in all its states."""
        files = compress_scenes.make_scene_files(
            self._home / "Pictures" / "Cats", resource_path("sample", "chelsea.png")
        )
        engine = compress_scenes.PacedEngine()
        with self._window(engine) as window:
            page = window.compress_page
            for scene in compress_scenes.scenes():
                scene.prepare(page, engine, files)
                self._wait_until(partial(scene.ready, page), scene.name)
                self._grab(window, scene.name)

    def draw_overlays_and_sheets(self) -> None:
        """What is over the window: the drop overlay and the dialogs."""
        with self._window(SrecEngine()) as window:
            for name, cargo in (("pictures", Cargo(0, 12)), ("srec", Cargo(2, 0)), ("mixed", Cargo(2, 3))):
                window.overlay.show_for(cargo)
                window.overlay.move_to(QPointF(60, 300))
                self._grab(window, f"overlay-{name}")
            window.overlay.hide()
            for name in ("shortcuts", "settings", "about"):
                window.registry[f"window.{name}"].trigger()
                dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
                self._grab(dialog, f"sheet-{name}")
                dialog.reject()
                self._wait(_SETTLE)

    def draw_view_room(self) -> None:
        """The viewer in all its states."""
        engine = view_scenes.HoldingEngine()
        folder = self._home / "Pictures" / "View"
        folder.mkdir(parents=True)
        picture = Path(shutil.copy(resource_path("sample", "chelsea.png"), folder))
        files = view_scenes.make_scene_files(folder, picture, engine)
        with self._window(engine) as window:
            window.enter(Context.VIEW)
            page = cast("ViewPage", window.page(Context.VIEW))
            for scene in view_scenes.scenes():
                scene.prepare(page, engine, files)
                self._wait_until(partial(scene.ready, page), scene.name)
                self._grab(window, scene.name)

    def draw_inspect_room(self) -> None:
        """The inspector in all its states."""
        engine = inspect_scenes.PacedEngine()
        folder = self._home / "Pictures" / "Inspect"
        folder.mkdir(parents=True)
        files = inspect_scenes.make_scene_files(folder, resource_path("sample", "chelsea.png"), engine)
        with self._window(engine) as window:
            window.enter(Context.INSPECT)
            page = cast("InspectPage", window.page(Context.INSPECT))
            for scene in inspect_scenes.scenes():
                scene.prepare(page, engine, files)
                self._wait_until(partial(scene.ready, page), scene.name)
                self._grab(window, scene.name)

    @contextmanager
    def _window(self, engine: Engine) -> Iterator[MainWindow]:
        settings = Settings(QSettings(str(self._home / "settings.ini"), QSettings.Format.IniFormat))
        settings.store.clear()
        settings.colour_scheme = _VARIANTS[self._variant][0]
        theme = Theme(self._application, settings)
        worker = Worker()
        window = MainWindow(worker, settings, Actions(), engine=engine)
        window.resize(*_SIZE)
        window.show()
        yield window
        window.begin_closing()
        self._wait(_SETTLE)
        window.close_now()
        worker.shutdown(10)
        theme.stop()

    def _grab(self, widget: QWidget, name: str) -> None:
        self._wait(_SETTLE)
        widget.grab().save(str(self._folder / f"{name}-{self._variant}.png"))

    def _wait_until(self, condition: Callable[[], bool], name: str) -> None:
        end = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"The scene {name} was not reached.")
            self._wait(0.02)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


if __name__ == "__main__":
    sys.exit(main())
