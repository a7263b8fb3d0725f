"""One window per person: files are handed over, and nonsense is not believed."""

from __future__ import annotations

import json
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDir
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from srec_gui.instance import Instance, hand_over, parse_message, server_name


@pytest.fixture
def name() -> str:
    return f"srec-test-{secrets.token_hex(8)}"


@pytest.fixture
def instance(name: str, qtbot: QtBot) -> Iterator[Instance]:
    made = Instance(name)
    yield made
    made.close()


def test_a_second_start_hands_over_its_files_and_knows_it(
    instance: Instance, name: str, tmp_path: Path, project_root: Path, qtbot: QtBot
) -> None:
    program = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication;"
        "from srec_gui.instance import hand_over; app = QCoreApplication([]);"
        "sys.exit(0 if hand_over([Path(name) for name in sys.argv[2:]], sys.argv[1]) else 3)"
    )
    command = [sys.executable, "-c", program, name, str(tmp_path / "ä b.png"), "relative.srec"]
    with qtbot.waitSignal(instance.paths_received, timeout=20_000) as received:
        process = subprocess.Popen(command, cwd=project_root)
    assert received.args == [[tmp_path / "ä b.png", project_root / "relative.srec"]]
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
    assert process.returncode == 0


def test_without_a_first_window_nothing_is_handed_over(name: str, qtbot: QtBot) -> None:
    assert not hand_over([Path("/a.png")], name)


def test_a_socket_that_a_crash_left_behind_is_taken_over(name: str, qtbot: QtBot) -> None:
    if sys.platform == "win32":
        pytest.skip("pipes do not stay behind")
    path = Path(QDir.tempPath()) / name
    path.touch()
    instance = Instance(name)
    socket = QLocalSocket()
    socket.connectToServer(name)
    assert socket.waitForConnected(1000)
    instance.close()


@pytest.mark.skipif(sys.platform == "win32", reason="access lists, not modes")
def test_only_the_same_user_may_talk_to_the_socket(instance: Instance, name: str) -> None:
    mode = (Path(QDir.tempPath()) / name).stat().st_mode
    assert stat.S_IMODE(mode) & 0o077 == 0


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"not json\n",
        b"[]\n",
        b'{"protocol": 2, "paths": []}\n',
        b'{"protocol": 1}\n',
        b'{"protocol": 1, "paths": "/a"}\n',
        b"[" * 100_000,
        b"\xff\xfe\n",
        json.dumps({"protocol": 1, "paths": ["/a"] * 20_000}).encode(),
    ],
)
def test_a_message_that_is_not_ours_is_ignored(line: bytes) -> None:
    assert parse_message(line) is None


def test_only_whole_paths_are_believed() -> None:
    message = {"protocol": 1, "paths": ["/good.png", "relative.png", 7, None, "/nul\0byte", "/also good"]}
    assert parse_message(json.dumps(message).encode()) == [Path("/good.png"), Path("/also good")]


def test_whoever_sends_no_end_of_line_is_not_waited_for(instance: Instance, name: str, qtbot: QtBot) -> None:
    socket = QLocalSocket()
    socket.connectToServer(name)
    assert socket.waitForConnected(1000)
    socket.write(b"x" * (2 << 20))
    qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=5000)


def test_the_name_belongs_to_the_user_and_is_short() -> None:
    assert server_name() == server_name()
    assert len(server_name()) < 60
