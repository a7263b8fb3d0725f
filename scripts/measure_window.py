"""`python scripts/measure_window.py [PICTURE]`: how soon the real window answers; each figure has its own process.

Times are of the clock on the wall: measure on a machine that does nothing else. PICTURE is an ordinary picture to be
compressed, best one of twelve megapixels; without it the sample photograph is enlarged to that, which takes a while.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srec_gui.app import Session
    from srec_gui.inspect.page import InspectPage

ROOT = Path(__file__).resolve().parent.parent
RUNS = 3
PATIENCE = 300.0
AFTERWARDS = 2.0
SIZE = (4000, 3000)
FILES = 5000


def main() -> int:
    """Measure everything and print one line for each figure. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="measure_window.py", description=__doc__)
    parser.add_argument("picture", nargs="?", type=Path, help="an ordinary picture of twelve megapixels")
    parser.add_argument("--scene", choices=sorted(SCENES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.scene is not None:
        return _play(SCENES[options.scene], options.picture)
    with tempfile.TemporaryDirectory() as temporary:
        picture, packed = _make_files(Path(temporary), options.picture)
        for name in SCENES:
            for _ in range(RUNS):
                file = packed if name in {"open", "inspect"} else picture
                command = [sys.executable, __file__, str(file), "--scene", name]
                environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "STARTED": repr(time.time())}
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                sys.stdout.write(f"{name:8} {done.stdout.strip() or done.stderr.strip()}\n")
                sys.stdout.flush()
    return 0


def _make_files(folder: Path, picture: Path | None) -> tuple[Path, Path]:
    """A picture to be compressed and one that is."""
    import numpy as np
    from PIL import Image

    from srec_engine import EncodeOptions, Method, encode_file

    if picture is None:
        picture = folder / "large.png"
        with Image.open(ROOT / "resources" / "sample" / "chelsea.png") as photo:
            pixels = np.asarray(photo.convert("RGB").resize(SIZE), dtype=np.int16)
        noise = np.random.default_rng(0).normal(0, 3, pixels.shape).round().astype(np.int16)
        Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(picture, compress_level=1)
    packed = folder / "large.srec"
    encode_file(picture, packed, EncodeOptions(method=Method.SREC, verify=False))
    return picture, packed


class Watch:
    """What a scene measures with."""

    def __init__(self, session: Session) -> None:
        """Look at the window of `session`."""
        self.session = session
        self.window = session.window

    def until(self, condition: Callable[[], bool]) -> float:
        """Let the window live until `condition`; the longest silence of its event loop in seconds."""
        from PySide6.QtCore import QEventLoop
        from PySide6.QtWidgets import QApplication

        longest, last, end = 0.0, time.monotonic(), time.monotonic() + PATIENCE
        while not condition():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            time.sleep(0.001)
            now = time.monotonic()
            longest, last = max(longest, now - last), now
            if now > end:
                raise TimeoutError
        return longest

    def during(self, action: Callable[[], None]) -> float:
        """Let the window's event loop do `action` and what follows from it; its longest silence in seconds."""
        from PySide6.QtCore import QTimer

        end = time.monotonic() + AFTERWARDS
        QTimer.singleShot(0, self.window, action)
        return self.until(lambda: time.monotonic() > end)


def _play(scene: Callable[[Watch, Path], str], file: Path) -> int:
    """Start the application with settings of its own and play one scene."""
    with tempfile.TemporaryDirectory() as temporary:
        from PySide6.QtCore import QSettings

        from srec_gui.app import Application, Session
        from srec_gui.settings import Existing, Settings

        application = Application([])
        settings = Settings(QSettings(str(Path(temporary) / "settings.ini"), QSettings.Format.IniFormat))
        settings.existing = Existing.REPLACE
        session = Session(application, settings)
        session.window.show()
        application.processEvents()
        sys.stdout.write(scene(Watch(session), file) + "\n")
        session.window.begin_closing()
        session.window.close_now()
    sys.stdout.flush()
    os._exit(0)  # whatever a library's threads still do


def _start(_watch: Watch, _file: Path) -> str:
    wall = time.time() - float(os.environ["STARTED"])
    return f"window on screen {wall:.2f} s after the process began, {time.process_time():.2f} s of processor time"


def _enter(watch: Watch, _file: Path) -> str:
    from srec_gui.action_table import Context
    from srec_gui.rooms import ROOMS, load_rooms

    loading = watch.session.worker.submit(lambda _cancel, _report: load_rooms(), lane="disk")
    silences = [watch.until(lambda: loading.done)]
    watch.window.make_rooms()
    silences.append(watch.until(lambda: all(watch.window.has_room(room) for room in ROOMS)))
    silences += [watch.during(partial(watch.window.enter, room)) for room in (Context.VIEW, Context.INSPECT)]
    text = "loading {:.0f} ms, making {:.0f} ms, entering the viewer {:.0f} ms, the inspector {:.0f} ms"
    return "longest silence of the rooms: " + text.format(*(1000 * silence for silence in silences))


def _open(watch: Watch, file: Path) -> str:
    from srec_gui.action_table import Context
    from srec_gui.view.page import ViewPage

    begin = time.monotonic()
    watch.window.view([file])
    page = watch.window.page(Context.VIEW)
    if not isinstance(page, ViewPage):
        raise TypeError("the viewer is not there")
    watch.until(lambda: page.canvas.picture is not None)
    first = time.monotonic() - begin
    silence = watch.until(lambda: page.document is not None and page.document.settled)
    whole = time.monotonic() - begin
    return f"first picture {first:.2f} s, all pixels {whole:.1f} s, longest silence {1000 * silence:.0f} ms"


def _inspect(watch: Watch, file: Path) -> str:
    from srec_gui.action_table import Context
    from srec_gui.inspect.page import InspectPage

    watch.window.enter(Context.INSPECT)  # the network is loaded while the person chooses a file
    page = watch.window.page(Context.INSPECT)
    if not isinstance(page, InspectPage):
        raise TypeError("the inspector is not there")
    watch.until(lambda: not page.worker.busy)
    session, begin = page.session, time.monotonic()
    page.open_path(file)
    silences = [watch.until(lambda: bool(session.store.of_scale(None)))]
    first = time.monotonic() - begin
    silences.append(watch.until(lambda: not session.doing and not page.worker.busy))
    known = time.monotonic() - begin
    page.chooser.choose(scale=0)
    silences.append(watch.until(lambda: not session.doing and len(session.store.of_scale(0)) == _tiles(page)))
    whole = time.monotonic() - begin - known
    return (
        f"first maps {first:.2f} s, all bits of the model {known:.1f} s, then all maps of the full size {whole:.1f} s, "
        f"longest silence {1000 * max(silences):.0f} ms, at most {_peak_megabytes()} MB"
    )


def _tiles(page: InspectPage) -> int:
    inspection = page.session.inspection
    return len(inspection.tiles_touching(0)) if inspection is not None else -1


def _peak_megabytes() -> int:
    """Most memory that this process has held, where the system tells; else 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def _encode(watch: Watch, file: Path) -> str:
    queue = watch.window.compress_page.queue
    watch.window.compress([file])
    cold = watch.until(lambda: bool(queue.items) and queue.items[0].scale is not None)
    begin = time.monotonic()
    warm = watch.until(lambda: not queue.busy)
    took = time.monotonic() - begin
    text = f"longest silence {1000 * warm:.0f} ms in {took:.1f} s of compressing"
    return f"{text}, {1000 * cold:.0f} ms while torch was loaded, once in the process's life"


def _cancel(watch: Watch, file: Path) -> str:
    queue = watch.window.compress_page.queue
    watch.window.compress([file])
    watch.until(lambda: bool(queue.items) and queue.items[0].scale == 0)
    begin = time.monotonic()
    queue.cancel_all()
    watch.until(lambda: not queue.busy)
    return f"stopped {1000 * (time.monotonic() - begin):.0f} ms after the wish"


def _scan(watch: Watch, _file: Path) -> str:
    from PIL import Image

    queue = watch.window.compress_page.queue
    with tempfile.TemporaryDirectory() as temporary:
        one = Path(temporary) / "0.png"
        Image.new("RGB", (8, 8)).save(one)
        data = one.read_bytes()
        for number in range(1, FILES):
            one.with_name(f"{number}.png").write_bytes(data)
        begin = time.monotonic()
        watch.window.compress([Path(temporary)])
        silence = watch.until(lambda: len(queue.items) == FILES)
        took = time.monotonic() - begin
        queue.cancel_all()
        watch.until(lambda: not queue.busy)
    return f"{FILES} files in {took:.1f} s, longest silence {1000 * silence:.0f} ms"


SCENES: dict[str, Callable[[Watch, Path], str]] = {
    "start": _start,
    "enter": _enter,
    "open": _open,
    "inspect": _inspect,
    "encode": _encode,
    "cancel": _cancel,
    "scan": _scan,
}

if __name__ == "__main__":
    sys.exit(main())
