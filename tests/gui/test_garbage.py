"""Widgets that are part of reference cycles are destroyed in the UI thread, whatever the workers do."""

from __future__ import annotations

import gc
import importlib
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from srec_gui.garbage import GarbageCollector
from srec_gui.worker import Worker


def test_what_was_just_imported_is_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collector = GarbageCollector()
    (tmp_path / "a_large_library.py").write_text("table = [[number] for number in range(50_000)]\n")
    monkeypatch.syspath_prepend(tmp_path)
    frozen = gc.get_freeze_count()
    importlib.import_module("a_large_library")
    collector.collect()
    assert gc.get_freeze_count() - frozen >= 50_000
    collector.stop()
    assert gc.get_freeze_count() == 0


def test_a_busy_worker_collects_no_widgets(worker: Worker, qtbot: QtBot) -> None:
    threads: list[int] = []
    collector = GarbageCollector()
    for _ in range(50):
        part = QObject()
        part.cycle = [part]  # type: ignore[attr-defined]
        weakref.finalize(part, lambda: threads.append(threading.get_ident()))
    del part

    def allocate(*_: object) -> None:
        for _ in range(200_000):
            cycle: list[object] = []
            cycle.append(cycle)

    with qtbot.waitSignal(worker.submit(allocate).finished, timeout=30_000):
        pass
    for _ in range(40):
        collector.collect()
    assert len(threads) == 50
    assert set(threads) == {threading.get_ident()}
    collector.stop()
    assert gc.isenabled()
