"""The registered thumbnailer, called as a file manager calls it, makes the picture of a real `.srec` file."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

import srec_engine
from srec_gui.registration import freedesktop
from srec_gui.registration.programs import installed_programs

TUMBLER = Path("/usr/share/dbus-1/services/org.xfce.Tumbler.Thumbnailer1.service")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's data folder with the type registered for the installation that runs the tests."""
    freedesktop.install(tmp_path / "data", installed_programs())
    return tmp_path / "data"


def thumbnailer_command(home: Path, size: int, source: Path, destination: Path) -> list[str]:
    """The `Exec` line with its placeholders filled in, in the way of the thumbnailer specification."""
    text = (home / "thumbnailers" / "srec.thumbnailer").read_text(encoding="utf-8")
    found = re.search(r"^Exec=(.+)$", text, re.MULTILINE)
    assert found is not None
    values = {"%s": str(size), "%i": str(source), "%o": str(destination)}
    return [values.get(word, word) for word in shlex.split(found[1])]


@pytest.fixture
def packed(tmp_path: Path, sample_photograph: Path) -> Path:
    """A real `.srec` file, 96 × 64."""
    path = tmp_path / "a cat.srec"
    with Image.open(sample_photograph) as image:
        path.write_bytes(srec_engine.encode_image(image.crop((0, 0, 96, 64))).data)
    return path


def test_a_file_manager_gets_its_thumbnail(home: Path, tmp_path: Path, packed: Path, project_root: Path) -> None:
    command = thumbnailer_command(home, 128, packed, tmp_path / "thumbnail.png")
    # A file manager does not start programs in the tree; the path serves environments where nothing is installed.
    subprocess.run(command, cwd=home, env={**os.environ, "PYTHONPATH": str(project_root)}, check=True)
    with Image.open(tmp_path / "thumbnail.png") as thumbnail:
        assert thumbnail.width / thumbnail.height == pytest.approx(1.5, rel=0.2)


@pytest.fixture
def thumbnail_service(home: Path, tmp_path: Path, project_root: Path) -> Iterator[subprocess.Popen[str]]:
    """A session bus of its own, with a shell on it; the bus starts Xfce's thumbnail service when that is called."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(home), "PYTHONPATH": str(project_root)}
    environment |= {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CACHE", "CONFIG")}
    command = ["dbus-run-session", "--", "sh"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, text=True) as bus:
        yield bus
        bus.communicate("exit\n", timeout=60)


@pytest.mark.skipif(not TUMBLER.is_file(), reason="tumbler is not installed")
@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="dbus is not installed")
@pytest.mark.skipif(shutil.which("gdbus") is None, reason="gdbus is not installed")
@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="update-mime-database is not installed")
def test_the_thumbnail_service_of_xfce_makes_a_thumbnail(
    thumbnail_service: subprocess.Popen[str], packed: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    name = "org.freedesktop.thumbnails.Thumbnailer1"
    call = ["gdbus", "call", "--session", "--dest", name, "--object-path", "/" + name.replace(".", "/")]
    call += ["--method", f"{name}.Queue", str([packed.as_uri()]), "['image/x-srec']", "normal", "default", "0"]
    assert thumbnail_service.stdin is not None
    thumbnail_service.stdin.write(shlex.join(call) + "\n")
    thumbnail_service.stdin.flush()
    # The name is part of the standard, so that every file manager finds it.
    digest = hashlib.md5(packed.as_uri().encode(), usedforsecurity=False).hexdigest()
    made = tmp_path / "cache" / "thumbnails" / "normal" / f"{digest}.png"
    qtbot.waitUntil(made.is_file, timeout=60_000)
    with Image.open(made) as thumbnail:
        assert thumbnail.size == (96, 64)


@pytest.mark.skipif(shutil.which("xdg-mime") is None, reason="xdg-utils is not installed")
@pytest.mark.skipif(shutil.which("gio") is None, reason="gio is not installed")
@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="update-mime-database is not installed")
def test_shell_scripts_learn_the_type_of_a_real_file(home: Path, packed: Path) -> None:
    environment = {
        "XDG_DATA_HOME": str(home),
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "XDG_CURRENT_DESKTOP": "GNOME",
    }
    shown = subprocess.run(
        ["xdg-mime", "query", "filetype", str(packed)], env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "image/x-srec"


@pytest.mark.skipif(shutil.which("gio") is None, reason="gio is not installed")
@pytest.mark.skipif(shutil.which("update-desktop-database") is None, reason="desktop-file-utils is not installed")
def test_the_desktop_opens_the_type_with_this_program(home: Path) -> None:
    shown = subprocess.run(
        ["gio", "mime", "image/x-srec"],
        env={"XDG_DATA_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "org.srec.desktop.desktop" in shown.stdout
