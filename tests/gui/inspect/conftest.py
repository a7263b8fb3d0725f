"""A room with the real engine and a small real file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from srec_engine import EncodeOptions, Method, encode_image
from srec_gui.actions import Actions
from srec_gui.engine import SrecEngine
from srec_gui.inspect.page import InspectPage
from srec_gui.settings import Settings
from srec_gui.worker import Worker


@pytest.fixture(scope="session")
def eye(sample_photograph: Path) -> Image.Image:
    """61 × 45."""
    with Image.open(sample_photograph) as image:
        return image.convert("RGB").crop((150, 80, 211, 125))


@pytest.fixture(scope="session")
def coded(eye: Image.Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The picture by the network."""
    path = tmp_path_factory.mktemp("coded") / "eye.srec"
    path.write_bytes(encode_image(eye, EncodeOptions(method=Method.SREC, verify=False)).data)
    return path


@pytest.fixture(scope="session")
def stored(eye: Image.Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The picture as WebP."""
    path = tmp_path_factory.mktemp("stored") / "eye.srec"
    path.write_bytes(encode_image(eye, EncodeOptions(method=Method.WEBP, verify=False)).data)
    return path


@pytest.fixture(scope="session")
def tiled(sample_photograph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six tiles, 1536 × 800: more than is computed without being looked at."""
    path = tmp_path_factory.mktemp("tiled") / "tiles.srec"
    with Image.open(sample_photograph) as image:
        large = image.convert("RGB").resize((1536, 800))
    path.write_bytes(encode_image(large, EncodeOptions(method=Method.SREC, verify=False)).data)
    return path


@pytest.fixture
def page(qtbot: QtBot, worker: Worker, settings: Settings) -> Iterator[InspectPage]:
    page = InspectPage(worker, settings, Actions(), engine=SrecEngine())
    qtbot.addWidget(page)
    page.resize(1100, 760)
    with qtbot.waitExposed(page):
        page.show()
    page.enter()
    yield page
    page.stop()


@pytest.fixture
def opened(qtbot: QtBot, page: InspectPage, coded: Path) -> InspectPage:
    """The room with the picture's finest scale computed and the ledger complete."""
    page.open_path(coded)
    qtbot.waitUntil(lambda: settled(page), timeout=180_000)
    return page


def settled(page: InspectPage) -> bool:
    """Whether what is seen is here and the ledger is complete."""
    ledger = page.session.ledger
    if ledger is None or ledger.model_bits is None or page.session.doing or page.worker.busy:
        return False
    return bool(page.session.store.of_scale(page.chooser.choice.scale))
