"""The registered thumbnailer, called as a file manager calls it, makes the picture of a real `.srec` file."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

import srec_engine
from srec_gui.registration import freedesktop
from srec_gui.registration.programs import installed_programs


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


def test_a_file_manager_gets_its_thumbnail(
    home: Path, tmp_path: Path, sample_photograph: Path, project_root: Path
) -> None:
    packed = tmp_path / "a cat.srec"
    with Image.open(sample_photograph) as image:
        packed.write_bytes(srec_engine.encode_image(image.crop((0, 0, 96, 64))).data)
    command = thumbnailer_command(home, 128, packed, tmp_path / "thumbnail.png")
    # A file manager does not start programs in the tree; the path serves environments where nothing is installed.
    subprocess.run(command, cwd=home, env={**os.environ, "PYTHONPATH": str(project_root)}, check=True)
    with Image.open(tmp_path / "thumbnail.png") as thumbnail:
        assert thumbnail.width / thumbnail.height == pytest.approx(1.5, rel=0.2)


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
