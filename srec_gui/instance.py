"""One window per person: a second start hands its files to the first and ends.

The socket is open to the same user only, and what comes through it is untrusted: a bounded line of JSON with paths.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from srec_gui import APP_ID
from srec_gui.engine import home_folder

__all__ = ["Instance", "hand_over", "server_name"]

logger = logging.getLogger(__name__)

_PROTOCOL = 1
_MOST_BYTES = 1 << 20
_MOST_PATHS = 10_000
_CONNECT_MS = 300
_READ_MS = 2000


def server_name() -> str:
    """Name of this user's socket."""
    # A container's user may have neither a home nor a name, but there is only one of them then.
    home = home_folder() or ""
    try:
        user = f"{home}/{getpass.getuser()}"
    except (OSError, KeyError, ImportError):  # no such user in the system's list
        user = str(home)
    return f"{APP_ID}-{hashlib.sha256(user.encode()).hexdigest()[:16]}"


def hand_over(paths: Sequence[Path], name: str) -> bool:
    """Give `paths` to the instance that listens at `name`; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_CONNECT_MS):
        return False
    message = json.dumps({"protocol": _PROTOCOL, "paths": [str(path.absolute()) for path in paths]})
    socket.write(message.encode() + b"\n")
    # The other side hangs up once it has read the line: only then were the files really taken.
    while socket.bytesToWrite() > 0 and socket.waitForBytesWritten(_READ_MS):
        pass
    return socket.state() is QLocalSocket.LocalSocketState.UnconnectedState or socket.waitForDisconnected(_READ_MS)


class Instance(QObject):
    """Listens for later starts of the program.

    Signals:
        paths_received(list): Files that a later start was given; empty when it was given none.
    """

    paths_received = Signal(list)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """Listen at `name`; a socket that a crash left behind is taken over."""
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take_connections)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)
            if not self._server.listen(name):
                logger.warning("No socket for later starts: %s", self._server.errorString())

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _take_connections(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setReadBufferSize(_MOST_BYTES)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            # Whoever says nothing is hung up on.
            QTimer.singleShot(_READ_MS, socket, socket.abort)
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.canReadLine():
            paths = parse_message(bytes(socket.readLine(_MOST_BYTES).data()))
            socket.disconnectFromServer()
            if paths is not None:
                self.paths_received.emit(paths)
        elif socket.bytesAvailable() >= _MOST_BYTES:
            socket.abort()


def parse_message(line: bytes) -> list[Path] | None:
    """The paths of a message, or None when it is not one of ours."""
    try:
        message = json.loads(line)
        if not isinstance(message, dict) or message.get("protocol") != _PROTOCOL:
            return None
        names = message["paths"]
        if not isinstance(names, list) or len(names) > _MOST_PATHS:
            return None
        paths = [Path(name) for name in names if isinstance(name, str) and "\0" not in name]
    except (ValueError, KeyError, RecursionError):
        logger.info("A message that is not ours was ignored.")
        return None
    return [path for path in paths if path.is_absolute()]
