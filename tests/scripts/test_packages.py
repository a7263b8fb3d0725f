"""The sdist and the wheel: what they make works far from the tree, and finds its files there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="scripts lie elsewhere there")]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("packages")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(project_root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that holds the wheel; the other packages are lent to it by the one that tests."""
    environment = tmp_path_factory.mktemp("installed")
    venv.create(environment, symlinks=True, with_pip=False)
    python = environment / "bin" / "python"
    place = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    # Packages of a folder that is added so are found, but its own .pth files, which lead to the tree, are not read.
    lent = Path(place.stdout.strip()) / "lent.pth"
    lent.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    (wheel,) = packages.glob("*.whl")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run([*command, "--force-reinstall", str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return environment / "bin"


def run(program: Path, *arguments: str, folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    done = subprocess.run(
        [str(program), *arguments], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_adds_two_packages_and_no_folder_called_resources(packages: Path) -> None:
    (wheel,) = packages.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"srec_engine", "srec_gui"}
    assert "srec_engine/_resources/models/photo.safetensors" in names
    assert "srec_gui/py.typed" in names


def test_the_sdist_holds_what_building_and_testing_need(packages: Path) -> None:
    (sdist,) = packages.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"LICENSE", "README.md", "Makefile", "constraints.txt", "scripts/bootstrap.sh", "tests/conftest.py"}
    assert needed <= names
    assert not any(part in name.split("/") for name in names for part in ("__pycache__", ".venv", "runs"))


def test_the_installed_programs_work_far_from_the_tree(
    installed: Path, tmp_path: Path, sample_photograph: Path
) -> None:
    with Image.open(sample_photograph) as image:
        image.crop((0, 0, 96, 64)).save(tmp_path / "photo.png")
    where = run(installed / "python", "-c", "import srec_engine; print(srec_engine.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    run(installed / "srec", "encode", "--method", "srec", "photo.png", folder=tmp_path)
    run(installed / "srec", "decode", "photo.srec", "-o", "back", folder=tmp_path)
    run(installed / "srec-thumbnailer", "-s", "64", "photo.srec", "thumbnail.png", folder=tmp_path)
    with Image.open(tmp_path / "photo.png") as before, Image.open(tmp_path / "back" / "photo.png") as after:
        assert before.tobytes() == after.tobytes()
    with Image.open(tmp_path / "thumbnail.png") as thumbnail:
        assert thumbnail.width <= 64


def test_the_installed_window_finds_its_icons_and_registers_itself(installed: Path, tmp_path: Path) -> None:
    assert "--register" in run(installed / "srec-gui", "--help", folder=tmp_path)
    code = """
import os
os.environ.update(QT_QPA_PLATFORM="offscreen", XDG_DATA_HOME=os.getcwd())
from PySide6.QtGui import QGuiApplication
from srec_gui.icons import icon
from srec_gui.registration import register
application = QGuiApplication([])
print(icon("open").isNull(), *register().files, sep="\\n")
"""
    missing, *files = run(installed / "python", "-c", code, folder=tmp_path).splitlines()
    assert missing == "False"
    entry = next(Path(file) for file in files if file.endswith(".desktop"))
    assert f"Exec={installed / 'srec-gui'} %F" in entry.read_text(encoding="utf-8")
