"""The program as a person starts it: another process, real files, its exit code."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from srec_engine import decode_image
from srec_gui.main import EXIT_NO_DISPLAY

MAIN = "import sys; from srec_gui.main import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def environment(tmp_path: Path, project_root: Path) -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        # The entropy coder is compiled once for this person, not for each test.
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "PYTHONPATH": str(project_root),
        "PYTHONWARNINGS": "default",
    }


def run(code: str, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_window_is_up_within_a_second_and_without_torch_numpy_or_pillow(
    environment: dict[str, str],
) -> None:
    code = """
import sys, time
from srec_gui.app import Application, Session
from srec_gui.settings import Settings
application = Application([])
session = Session(application, Settings())
session.window.show()
application.processEvents()
took = time.process_time()
heavy = sorted({"torch", "numba", "numpy", "PIL", "torchac", "safetensors"} & set(sys.modules))
print(f"{took:.3f}", ",".join(heavy))
session.window.begin_closing()
session.window.close_now()
"""
    done = run(code, environment)
    assert done.returncode == 0, done.stderr
    seconds, _, loaded = done.stdout.strip().partition(" ")
    assert loaded == ""
    # Processor time: it is what the program itself needs, whatever else the machine is doing.
    assert float(seconds) < 1.0


def test_a_moment_later_all_rooms_are_made_still_without_torch(environment: dict[str, str]) -> None:
    code = """
import sys
from PySide6.QtCore import QTimer
from srec_gui.app import Application, Session
from srec_gui.rooms import ROOMS
from srec_gui.settings import Settings
application = Application([])
session = Session(application, Settings())
def look():
    if all(session.window.has_room(room) for room in ROOMS):
        timer.stop()
        print(",".join(sorted({"torch", "numba", "numpy"} & set(sys.modules))))
        session.window.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(10)
sys.exit(session.run([]))
"""
    done = run(code, environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "numpy"


def test_it_closes_by_a_signal_of_the_terminal_with_exit_code_0(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "srec_gui", "--new-window", "--verbose"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("window is up" in line for line in process.stderr)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert time.monotonic() - begin < 3
        assert "Traceback" not in process.stderr.read()


def test_a_second_start_hands_its_pictures_to_the_first_window_which_compresses_them(
    environment: dict[str, str], tmp_path: Path, sample_photograph: Path
) -> None:
    source = tmp_path / "photo.png"
    shutil.copy(sample_photograph, source)
    command = [sys.executable, "-m", "srec_gui", "--verbose"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert any("window is up" in line for line in first.stderr)
        second = subprocess.run([*command, str(source)], env=environment, timeout=60, check=False)
        assert second.returncode == 0
        assert any("A batch has ended" in line for line in first.stderr)
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0
    with Image.open(sample_photograph) as original:
        assert decode_image(source.with_suffix(".srec")).image.tobytes() == original.tobytes()


def test_a_thread_that_is_stuck_in_a_library_does_not_keep_the_program(environment: dict[str, str]) -> None:
    code = """
import sys, time
from PySide6.QtCore import QTimer
from srec_gui.app import Application, Session
from srec_gui.settings import Settings
application = Application([])
session = Session(application, Settings())
session.worker.submit(lambda *_: time.sleep(60))
QTimer.singleShot(300, session.window.close)
sys.exit(session.run([]))
"""
    begin = time.monotonic()
    done = run(code, environment)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begin < 20


@pytest.mark.slow
def test_closing_during_real_work_asks_ends_within_two_seconds_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path, sample_photograph: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    with Image.open(sample_photograph) as photo:
        photo.resize((2000, 1400)).save(folder / "large.png")
    code = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from srec_gui.app import Application, Session
from srec_gui.settings import Settings

def close_when_it_works():
    items = session.window.compress_page.queue.items
    if items and items[0].scale is not None and session.window.findChild(QMessageBox) is None:
        session.window.close()
    for box in session.window.findChildren(QMessageBox):
        timer.stop()
        stop = [one for one in box.buttons() if box.buttonRole(one) is QMessageBox.ButtonRole.DestructiveRole]
        print(time.time(), flush=True)
        stop[0].click()

application = Application([])
session = Session(application, Settings())
timer = QTimer()
timer.timeout.connect(close_when_it_works)
timer.start(20)
sys.exit(session.run([Path(sys.argv[1])]))
"""
    done = run(code, environment, str(folder / "large.png"))
    ended = time.time()
    assert done.returncode == 0, done.stderr
    assert ended - float(done.stdout) < 2
    assert [path.name for path in folder.iterdir()] == ["large.png"]


def test_without_a_display_it_says_so_and_ends_with_its_own_code(environment: dict[str, str]) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("there is always a display")
    done = run(MAIN, environment)
    assert done.returncode == EXIT_NO_DISPLAY
    assert "no display" in done.stderr
    assert done.stdout == ""


def test_verbose_tells_what_the_program_does_and_nothing_of_its_libraries(
    environment: dict[str, str], tmp_path: Path, sample_photograph: Path
) -> None:
    source = tmp_path / "photo.png"
    shutil.copy(sample_photograph, source)
    command = [sys.executable, "-m", "srec_gui", "--new-window", "--verbose", str(source)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "A batch has ended" in line:
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    strangers = [line for line in lines if line.startswith(("PIL", "numba", "torch", "asyncio"))]
    assert strangers == []
    assert len(lines) < 50


def test_help_needs_no_qt(environment: dict[str, str]) -> None:
    code = "import sys; sys.modules['PySide6'] = None\n" + MAIN
    done = run(code, environment, "--help")
    assert done.returncode == 0
    assert "--register" in done.stdout


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="freedesktop.org systems only")
def test_a_file_type_that_cannot_be_registered_is_one_clear_sentence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "data").touch()
    done = run(MAIN, environment | {"XDG_DATA_HOME": str(tmp_path / "data")}, "--register")
    assert done.returncode == 1
    assert done.stderr.startswith("srec-gui: ")
    assert "could not be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1
