"""What the desktop around the window does for it: show a file in its folder, the trash, notifications."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from PySide6.QtCore import QFile, QObject, QProcess, QStandardPaths, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from srec_gui import APP_ID, APP_NAME
from srec_gui.engine import OutputError

__all__ = ["move_to_trash", "notify", "restore_from_trash", "reveal"]

logger = logging.getLogger(__name__)

_NOTIFICATION_MS = 15_000


def reveal(path: Path, parent: QObject) -> None:
    """Show `path` selected in the file manager, or open its folder where that cannot be asked for."""
    if sys.platform == "win32":
        QProcess.startDetached("explorer", ["/select,", str(path)])
    elif sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", str(path)])
    else:
        _reveal_by_bus(path, parent)


def move_to_trash(path: Path) -> Path:
    """Move a file to the trash and return where it is there. Safe in a worker thread. Raises OutputError."""
    file = QFile(str(path))
    if not file.moveToTrash():
        raise OutputError(f"{path.name} could not be moved to the trash. It is where it was.")
    return Path(file.fileName())


def restore_from_trash(trashed: Path, original: Path) -> None:
    """Bring back what `move_to_trash` moved. Raises OutputError when something is in the way or it is gone."""
    if original.exists():
        raise OutputError(f"{original.name} was not brought back from the trash: there is another file of this name.")
    if not trashed.is_file():
        raise OutputError(f"{original.name} is no longer in the trash.")
    try:
        original.parent.mkdir(parents=True, exist_ok=True)
        trashed.rename(original)
        # The trash of freedesktop.org systems keeps a note beside each file.
        note = trashed.parent.parent / "info" / f"{trashed.name}.trashinfo"
        note.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{original.name} could not be brought back from the trash: {error.strerror}.") from error


def notify(title: str, text: str, parent: QObject) -> None:
    """Show a notification of the desktop, by whatever service there is; silent where there is none."""
    if QSystemTrayIcon.isSystemTrayAvailable():
        tray = QSystemTrayIcon(QGuiApplication.windowIcon(), parent)
        tray.show()
        tray.showMessage(title, text, QGuiApplication.windowIcon())
        QTimer.singleShot(_NOTIFICATION_MS, tray, tray.deleteLater)
    elif program := QStandardPaths.findExecutable("notify-send"):
        QProcess.startDetached(program, ["--app-name", APP_NAME, "--icon", APP_ID, "--", title, text])
    else:
        logger.info("%s: %s", title, text)


def _reveal_by_bus(path: Path, parent: QObject) -> None:
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        _open_folder(path)
        return
    service, place = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
    message = QDBusMessage.createMethodCall(service, place, service, "ShowItems")
    address = QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    message.setArguments([[address], ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(message), parent)

    def answered(done: QDBusPendingCallWatcher) -> None:
        if done.isError():
            _open_folder(path)
        done.deleteLater()

    watcher.finished.connect(answered)


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
