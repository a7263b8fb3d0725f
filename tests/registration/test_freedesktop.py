"""Registered in a temporary home, the type is recognised by desktops, and nothing is left after undoing it."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from srec_gui import APP_ID
from srec_gui.engine import OutputError
from srec_gui.registration import freedesktop
from srec_gui.registration.desktop_entry import quote_command, with_command
from srec_gui.registration.programs import Programs, installed_programs

MAGIC = b"\x8bSReC\r\n\x1a\n"
MOTOROLA = b"S00600004844521B\r\nS1130000285F245F2212226A000424290008237C2A\r\nS9030000FC\r\n"
PROGRAMS = Programs(window=("/opt/my programs/srec-gui",), thumbnailer=("/opt/my programs/srec-thumbnailer",))

ASK_QT = """
import sys
from PySide6.QtCore import QMimeDatabase
database = QMimeDatabase()
for name in sys.argv[1:]:
    print(database.mimeTypeForFile(name).name())
"""


def qt_types_of(home: Path, *files: Path) -> list[str]:
    """Ask Qt in a fresh process, because it reads the type database once."""
    environment = {"XDG_DATA_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin"}
    shown = subprocess.run(
        [sys.executable, "-c", ASK_QT, *map(str, files)], env=environment, capture_output=True, text=True, check=True
    )
    return shown.stdout.split()


@pytest.fixture
def samples(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "picture.srec": MAGIC + bytes(64),
        "no extension": MAGIC + bytes(64),
        "firmware.srec": MOTOROLA,
        "plain.png": b"\x89PNG\r\n\x1a\n" + bytes(8),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def test_content_decides_between_a_picture_and_a_motorola_file(tmp_path: Path, samples: dict[str, Path]) -> None:
    freedesktop.install(tmp_path / "home", PROGRAMS)
    assert qt_types_of(tmp_path / "home", *samples.values()) == [
        "image/x-srec",
        "image/x-srec",
        "text/x-srecord",
        "image/png",
    ]


def test_without_registration_nobody_knows_the_type(tmp_path: Path, samples: dict[str, Path]) -> None:
    assert qt_types_of(tmp_path / "home", samples["picture.srec"]) != ["image/x-srec"]


@pytest.mark.skipif(shutil.which("gio") is None, reason="gio is not installed")
@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="update-mime-database is not installed")
def test_gnome_recognises_the_type_too(tmp_path: Path, samples: dict[str, Path]) -> None:
    home = tmp_path / "home"
    freedesktop.install(home, PROGRAMS)
    for name, expected in (("picture.srec", "image/x-srec"), ("firmware.srec", "text/x-srecord")):
        shown = subprocess.run(
            ["gio", "info", "-a", "standard::content-type", str(samples[name])],
            env={"XDG_DATA_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"standard::content-type: {expected}" in shown.stdout


def test_removing_leaves_none_of_our_files_and_all_of_the_others(tmp_path: Path) -> None:
    foreign = tmp_path / "applications" / "other.desktop"
    foreign.parent.mkdir()
    foreign.write_text("[Desktop Entry]\n")
    written = freedesktop.install(tmp_path, PROGRAMS)
    assert all(path.is_file() for path in written)
    assert sorted(freedesktop.remove(tmp_path)) == sorted(written)
    assert not any(path.exists() for path in written)
    assert foreign.is_file()
    assert freedesktop.remove(tmp_path) == []


def test_installing_again_follows_a_program_that_moved(tmp_path: Path) -> None:
    freedesktop.install(tmp_path, PROGRAMS)
    moved = Programs(window=("/elsewhere/srec-gui",), thumbnailer=("/elsewhere/srec-thumbnailer",))
    freedesktop.install(tmp_path, moved)
    text = (tmp_path / "applications" / "org.srec.desktop.desktop").read_text()
    assert "Exec=/elsewhere/srec-gui %F" in text
    assert "my programs" not in text


def test_a_failure_half_way_takes_back_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "thumbnailers").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="could not be written"):
        freedesktop.install(tmp_path, PROGRAMS)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["thumbnailers"]


def test_key_files_can_be_read_and_start_the_programs_given(tmp_path: Path) -> None:
    freedesktop.install(tmp_path, PROGRAMS)
    entry = configparser.RawConfigParser(strict=True)
    entry.optionxform = str  # type: ignore[assignment, method-assign]  # keys are case-sensitive here
    entry.read(tmp_path / "applications" / "org.srec.desktop.desktop", encoding="utf-8")
    assert shlex.split(entry["Desktop Entry"]["Exec"]) == ["/opt/my programs/srec-gui", "%F"]
    assert "image/x-srec" in entry["Desktop Entry"]["MimeType"].split(";")
    thumbnailer = (tmp_path / "thumbnailers" / "srec.thumbnailer").read_text(encoding="utf-8")
    assert 'Exec="/opt/my programs/srec-thumbnailer" -s %s %i %o' in thumbnailer


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("/usr/bin/srec-gui", "/usr/bin/srec-gui"),
        ("/home/a b/srec", '"/home/a b/srec"'),
        ("/home/100%/srec", '"/home/100%%/srec"'),
        ('/home/"x"$`/srec', '"/home/\\\\"x\\\\"\\\\$\\\\`/srec"'),
        ("C:\\srec", '"C:\\\\\\\\srec"'),
    ],
)
def test_command_lines_are_quoted_as_the_desktop_entry_specification_says(word: str, quoted: str) -> None:
    assert quote_command([word]) == quoted


def test_only_the_command_of_a_key_file_changes() -> None:
    text = "[Desktop Entry]\nName=Exec=\nTryExec=a\nExec=a %F\nIcon=a\n"
    changed = with_command(text, ["/b"], "%F")
    assert changed == "[Desktop Entry]\nName=Exec=\nTryExec=/b\nExec=/b %F\nIcon=a\n"


@pytest.mark.parametrize(
    ("configured", "expected"),
    [("/data", Path("/data")), ("relative", Path.home() / ".local/share"), ("", Path.home() / ".local/share")],
)
def test_the_data_folder_follows_the_standard(configured: str, expected: Path) -> None:
    assert freedesktop.data_home({"XDG_DATA_HOME": configured}) == expected


def test_the_programs_of_this_installation_exist() -> None:
    programs = installed_programs()
    for words in (programs.window, programs.thumbnailer):
        assert Path(words[0]).is_absolute()
        assert Path(words[0]).is_file()


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_the_desktop_entry_is_valid(tmp_path: Path) -> None:
    freedesktop.install(tmp_path, PROGRAMS)
    entry = tmp_path / "applications" / "org.srec.desktop.desktop"
    checked = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="appstreamcli is not installed")
def test_the_metainfo_is_valid(project_root: Path) -> None:
    path = project_root / "resources" / "desktop" / "org.srec.desktop.metainfo.xml"
    checked = subprocess.run(
        ["appstreamcli", "validate", "--no-net", str(path)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_the_window_and_its_desktop_entry_have_one_name(tmp_path: Path) -> None:
    """Else the desktop shows a nameless window beside the launcher that started it."""
    freedesktop.install(tmp_path, PROGRAMS)
    text = (tmp_path / "applications" / f"{APP_ID}.desktop").read_text(encoding="utf-8")
    assert f"\nIcon={APP_ID}\n" in text
    assert f"\nStartupWMClass={APP_ID}\n" in text
    assert (tmp_path / "icons" / "hicolor" / "scalable" / "apps" / f"{APP_ID}.svg").is_file()
