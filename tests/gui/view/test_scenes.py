from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from srec_gui.actions import Actions
from srec_gui.settings import Settings
from srec_gui.view.page import ViewPage
from srec_gui.view.scenes import HoldingEngine, make_scene_files, scenes
from srec_gui.worker import Worker


def test_every_scene_is_reached_and_looks_different(
    qtbot: QtBot, worker: Worker, settings: Settings, tmp_path: Path, sample_photograph: Path
) -> None:
    engine = HoldingEngine()
    picture = Path(shutil.copy(sample_photograph, tmp_path / "cat.png"))
    files = make_scene_files(tmp_path, picture, engine)
    page = ViewPage(worker, settings, Actions(), engine=engine)
    qtbot.addWidget(page)
    page.resize(1000, 640)
    page.show()
    page.enter()
    seen: dict[str, bytes] = {}
    for scene in scenes():
        scene.prepare(page, engine, files)
        qtbot.waitUntil(partial(scene.ready, page), timeout=120_000)
        QCoreApplication.processEvents()  # what was shown or hidden is laid out
        seen[scene.name] = bytes(page.grab().toImage().bits())
    alike = [(one, other) for one in seen for other in seen if one < other and seen[one] == seen[other]]
    assert alike == []
    page.stop()
