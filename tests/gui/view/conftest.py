"""A room with a worker, private settings, and real pictures in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import skimage
from PIL import Image
from pytestqt.qtbot import QtBot

from srec_gui.actions import Actions
from srec_gui.engine import Engine, SrecEngine
from srec_gui.settings import Settings
from srec_gui.view.page import ViewPage
from srec_gui.worker import Worker
from tests.gui.view.fake_engine import FakeEngine

PICTURES = Path(skimage.__file__).parent / "data"


@pytest.fixture
def engine() -> FakeEngine:
    """Decodes without waiting."""
    return FakeEngine()


@pytest.fixture
def held_engine() -> FakeEngine:
    """Decodes a scale each time it is let go."""
    return FakeEngine(held=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three real pictures whose natural order is not the alphabet's."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for source, name in (("chelsea.png", "view 9.png"), ("rocket.jpg", "view 10.jpg"), ("camera.png", "View 2.png")):
        shutil.copy(PICTURES / source, folder / name)
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture
def photograph() -> Image.Image:
    """600 × 400 RGB."""
    with Image.open(PICTURES / "coffee.png") as image:
        return image.convert("RGB")


def make_page(qtbot: QtBot, worker: Worker, settings: Settings, engine: Engine) -> ViewPage:
    """A page in a shown window of 800 × 600."""
    page = ViewPage(worker, settings, Actions(), engine=engine)
    qtbot.addWidget(page)
    page.resize(800, 600)
    with qtbot.waitExposed(page):
        page.show()
    page.enter()
    return page


@pytest.fixture
def page(qtbot: QtBot, worker: Worker, settings: Settings, engine: FakeEngine) -> Iterator[ViewPage]:
    page = make_page(qtbot, worker, settings, engine)
    yield page
    page.stop()


@pytest.fixture
def held_page(qtbot: QtBot, worker: Worker, settings: Settings, held_engine: FakeEngine) -> Iterator[ViewPage]:
    page = make_page(qtbot, worker, settings, held_engine)
    yield page
    page.stop()


@pytest.fixture
def real_page(qtbot: QtBot, worker: Worker, settings: Settings) -> Iterator[ViewPage]:
    page = make_page(qtbot, worker, settings, SrecEngine())
    yield page
    page.stop()
