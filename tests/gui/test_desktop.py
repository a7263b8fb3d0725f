"""What the desktop does for the window: the trash, showing a file, notifications."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from srec_gui.desktop import move_to_trash, notify, restore_from_trash
from srec_gui.engine import OutputError

linux_only = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the services of freedesktop.org")


@pytest.fixture(autouse=True)
def _own_trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a folder" / "photo ä.png"
    path.parent.mkdir()
    path.write_bytes(b"pixels")
    return path


def test_a_file_goes_to_the_trash_and_comes_back_whole(file: Path) -> None:
    trashed = move_to_trash(file)
    assert not file.exists()
    assert trashed.read_bytes() == b"pixels"
    restore_from_trash(trashed, file)
    assert file.read_bytes() == b"pixels"
    assert not trashed.exists()


@linux_only
def test_nothing_of_it_stays_in_the_trash(file: Path, tmp_path: Path) -> None:
    restore_from_trash(move_to_trash(file), file)
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == []


def test_a_folder_that_is_gone_is_made_again(file: Path) -> None:
    trashed = move_to_trash(file)
    file.parent.rmdir()
    restore_from_trash(trashed, file)
    assert file.exists()


def test_a_file_in_the_way_is_never_overwritten(file: Path) -> None:
    trashed = move_to_trash(file)
    file.write_bytes(b"newer")
    with pytest.raises(OutputError, match="another file of this name"):
        restore_from_trash(trashed, file)
    assert file.read_bytes() == b"newer"
    assert trashed.exists()


def test_an_emptied_trash_is_said(file: Path) -> None:
    trashed = move_to_trash(file)
    trashed.unlink()
    with pytest.raises(OutputError, match="no longer in the trash"):
        restore_from_trash(trashed, file)


def test_what_cannot_be_trashed_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be moved to the trash"):
        move_to_trash(tmp_path / "gone.png")


@linux_only
@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="there is no session bus to be had")
def test_a_file_manager_on_the_bus_is_asked_to_select_the_file(tmp_path: Path, project_root: Path) -> None:
    code = """
import sys
from pathlib import Path
from PySide6.QtCore import ClassInfo, QObject, QTimer, Slot
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication
from srec_gui.desktop import reveal

@ClassInfo({"D-Bus Interface": "org.freedesktop.FileManager1"})
class FileManager(QObject):
    @Slot("QStringList", str)
    def ShowItems(self, addresses, startup_id):
        print(*addresses, flush=True)
        application.quit()

application = QApplication([])
manager, bus = FileManager(), QDBusConnection.sessionBus()
bus.registerObject("/org/freedesktop/FileManager1", manager, QDBusConnection.RegisterOption.ExportAllSlots)
bus.registerService("org.freedesktop.FileManager1")
QTimer.singleShot(0, lambda: reveal(Path(sys.argv[1]), manager))
QTimer.singleShot(20000, application.quit)
application.exec()
"""
    path = tmp_path / "a cät.srec"
    command = ["dbus-run-session", "--", sys.executable, "-c", code, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(project_root), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == path.as_uri(), done.stderr


@linux_only
def test_without_a_service_the_folder_is_opened(file: Path, project_root: Path) -> None:
    code = """
import sys
from pathlib import Path
from PySide6.QtCore import QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from srec_gui.desktop import reveal

class Handler(QObject):
    @Slot(QUrl)
    def take(self, url):
        print(url.toLocalFile(), flush=True)
        application.quit()

application = QApplication([])
handler = Handler()
QDesktopServices.setUrlHandler("file", handler, "take")
QTimer.singleShot(0, lambda: reveal(Path(sys.argv[1]), handler))
QTimer.singleShot(20000, application.quit)
application.exec()
"""
    environment = {
        **os.environ,
        "PYTHONPATH": str(project_root),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-c", code, str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == str(file.parent), done.stderr


@linux_only
def test_a_notification_is_data_to_the_service_never_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    if QSystemTrayIcon.isSystemTrayAvailable():
        pytest.skip("there is a tray, which is asked first")
    said = tmp_path / "said"
    program = tmp_path / "bin" / "notify-send"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{said}.part"\nmv "{said}.part" "{said}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    notify("--title", "-- 3 files done", QObject())
    qtbot.waitUntil(said.exists)
    lines = said.read_text().splitlines()
    assert lines[lines.index("--") + 1 :] == ["--title", "-- 3 files done"]
