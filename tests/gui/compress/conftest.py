"""A queue with an engine that tests hold by the hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from srec_gui.compress.item import Direction, Item
from srec_gui.compress.manager import Queue
from srec_gui.compress.policy import Policy
from srec_gui.settings import Settings
from srec_gui.worker import Worker
from tests.gui.fake_engine import FakeEngine

QueueMaker = Callable[[FakeEngine], Queue]


@pytest.fixture
def make_queue(worker: Worker, settings: Settings, qtbot: QtBot) -> QueueMaker:
    def make(engine: FakeEngine) -> Queue:
        return Queue(worker, engine, partial(Policy.from_settings, settings))

    return make


@pytest.fixture
def make_item(picture: Callable[..., Path]) -> Callable[..., Item]:
    def make(name: str, size: tuple[int, int] = (64, 48)) -> Item:
        path = picture(name, size)
        return Item(path, Direction.COMPRESS, path.stat().st_size, None, *size)

    return make
