"""Settings keep their types, and survive a file that somebody else wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from pytestqt.qtbot import QtBot

from srec_gui.engine import WithoutGain
from srec_gui.settings import ColourScheme, Existing, OutputPlace, Setting, Settings

VALUES = {
    "geometry": QByteArray(b"\x00\x01\xff"),
    "device": "cpu",
    "colour_scheme": ColourScheme.DARK,
    "last_folder": Path("/a folder/with, commas"),
    "notify": False,
    "output_place": OutputPlace.MIRROR,
    "existing": Existing.RENAME,
    "without_gain": WithoutGain.STORE,
    "verify": False,
    "recent_files": ("/a.png", "/b, c.srec"),
    "slideshow_seconds": 2.5,
    "model": "/models/ünïcode.safetensors",
}


def reopened(settings: Settings) -> Settings:
    settings.save()
    return Settings(QSettings(settings.store.fileName(), QSettings.Format.IniFormat))


@pytest.mark.parametrize("name", VALUES)
def test_a_setting_comes_back_from_the_disk_with_its_type(settings: Settings, name: str) -> None:
    assert getattr(settings, name) != VALUES[name]
    setattr(settings, name, VALUES[name])
    again = getattr(reopened(settings), name)
    assert again == VALUES[name]
    assert isinstance(again, type(VALUES[name]))


def test_one_recent_file_stays_a_tuple(settings: Settings) -> None:
    settings.recent_files = ("/only.png",)
    assert reopened(settings).recent_files == ("/only.png",)
    settings.recent_files = ()
    assert reopened(settings).recent_files == ()


def test_nonsense_in_the_file_is_the_default(settings: Settings) -> None:
    defaults = Settings(QSettings(settings.store.fileName() + ".none", QSettings.Format.IniFormat))
    names = [name for name, value in vars(Settings).items() if isinstance(value, Setting)]
    for name in names:
        key = vars(Settings)[name]._key
        settings.store.setValue(key, "nonsense, really")
    read = reopened(settings)
    for name in names:
        assert isinstance(getattr(read, name), type(getattr(defaults, name))), name
    assert read.existing is Existing.ASK
    assert read.verify is True
    assert read.slideshow_seconds == defaults.slideshow_seconds


def test_a_change_is_told_once(settings: Settings, qtbot: QtBot) -> None:
    heard: list[str] = []
    settings.changed.connect(heard.append)
    settings.verify = False
    settings.verify = False
    assert heard == ["verify"]


def test_recent_files_are_unique_bounded_and_newest_first(settings: Settings) -> None:
    for number in range(40):
        settings.add_recent(Path(f"/picture {number % 30}.png"))
    assert settings.recent_files[0] == "/picture 9.png"
    assert len(settings.recent_files) == len(set(settings.recent_files)) == 20


def test_reset_returns_everything_but_the_geometry(settings: Settings) -> None:
    settings.geometry = QByteArray(b"here")
    settings.verify = False
    settings.reset()
    assert settings.verify is True
    assert settings.geometry == QByteArray(b"here")
