"""What the window's tests share: settings of their own, a worker that ends with the test, real pictures."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QLocale, QSettings
from PySide6.QtGui import QGuiApplication

from srec_gui.actions import Actions
from srec_gui.settings import Settings
from srec_gui.worker import Worker
from tests.gui.fake_engine import FakeEngine

PictureMaker = Callable[..., Path]

HERE = Path(__file__).parent

MODULES = pytest.StashKey[int]()
"""How many modules had been imported when the collector last looked at them."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Collect garbage in the main thread only, as the program does: a worker must not destroy a test's widgets."""
    if not item.path.is_relative_to(HERE):
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        # Qt's own clipboard outlives Python, and would crash on an object made by Python.
        if QGuiApplication.instance() is not None:
            QGuiApplication.clipboard().clear()
        gc.collect()
        # What was imported stays: looking through all of torch after every test would take longer than the tests.
        if item.config.stash.get(MODULES, 0) != len(sys.modules):
            item.config.stash[MODULES] = len(sys.modules)
            gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Overlook what the offscreen platform says about itself whenever a window has a least size."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True))


@pytest.fixture(autouse=True)
def _english_numbers() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def worker(qapp: object) -> Iterator[Worker]:
    made = Worker()
    yield made
    assert made.shutdown(10), "a thread is still running"


@pytest.fixture
def actions(qapp: object) -> Actions:
    return Actions()


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def held_engine() -> FakeEngine:
    return FakeEngine(held=True)


@pytest.fixture
def picture(tmp_path: Path) -> PictureMaker:
    """Makes a real picture file: `picture("a.png", (64, 48))`."""

    def make(name: str, size: tuple[int, int] = (64, 48), colour: tuple[int, int, int] = (120, 90, 60)) -> Path:
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        gradient = Image.linear_gradient("L").resize(size)
        image = Image.merge("RGB", [gradient.point(lambda value, c=c: (value + c) // 2) for c in colour])
        image.save(path)
        return path

    return make
