"""A real drag from another program to the real window, on a real X server: the whole way of a person's hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"),
]

SOURCE = """
import sys
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel

class Source(QLabel):
    def mouseMoveEvent(self, event):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(name) for name in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)

application = QApplication([])
label = Source("drag me")
label.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
label.setGeometry(0, 860, 120, 40)
label.show()
application.processEvents()
print("ready", flush=True)
application.exec()
"""


@contextmanager
def running(command: list[str], **options: object) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, text=True, **options) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.terminate()


@pytest.fixture
def display(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of programs on an X server of their own."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x900x24", "-nolisten", "tcp"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        number = server.stdout.readline().strip()
        yield {
            **os.environ,
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }


def pointer(display: dict[str, str], *steps: str) -> None:
    for step in steps:
        subprocess.run(["xdotool", *step.split()], env=display, check=True)


def place_of(display: dict[str, str], title: str) -> tuple[int, int, int, int]:
    """Left, top, width and height of the window of this title."""
    command = ["xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{title}$", "getwindowgeometry", "--shell"]
    done = subprocess.run(command, env=display, capture_output=True, text=True, timeout=60, check=True)
    values = dict(line.split("=") for line in done.stdout.splitlines() if "=" in line)
    return int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])


def drag_to(display: dict[str, str], x: int, y: int) -> None:
    """Press on the source and move to x, y as a hand does."""
    pointer(display, "mousemove 40 880", "mousedown 1")
    for step in range(1, 21):
        pointer(display, f"mousemove {40 + (x - 40) * step // 20} {880 + (y - 880) * step // 20}")
        time.sleep(0.02)  # a hand is not faster, and the protocol answers every move


def hover(display: dict[str, str], x: int, y: int) -> None:
    """Stay over x, y as long as a hand does before it lets go: the answer to a move must have come back."""
    for step in range(10):
        pointer(display, f"mousemove {x + step % 2} {y}")
        time.sleep(0.05)


def wait_for(path: Path) -> None:
    end = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} has not come"
        time.sleep(0.05)


def test_a_picture_dragged_from_another_program_is_compressed_and_closing_ends_with_0(
    display: dict[str, str], tmp_path: Path, sample_photograph: Path
) -> None:
    picture = tmp_path / "dragged photo.png"
    shutil.copy(sample_photograph, picture)
    with ExitStack() as stack:
        command = [sys.executable, "-m", "srec_gui", "--new-window", "--verbose"]
        window = stack.enter_context(running(command, env=display, stderr=subprocess.PIPE))
        assert window.stderr is not None
        assert any("window is up" in line for line in window.stderr)
        command = [sys.executable, "-c", SOURCE, str(picture)]
        source = stack.enter_context(running(command, env=display, stdout=subprocess.PIPE))
        assert source.stdout is not None
        assert source.stdout.readline().strip() == "ready"
        left, top, width, height = place_of(display, "SReC")
        drag_to(display, left + width // 5, top + height // 2)
        assert any("dragged over" in line for line in window.stderr)
        hover(display, left + width // 5, top + height // 2)
        pointer(display, "mouseup 1")
        wait_for(picture.with_suffix(".srec"))
        assert any("A batch has ended" in line for line in window.stderr)
        window.terminate()
        assert window.wait(30) == 0
