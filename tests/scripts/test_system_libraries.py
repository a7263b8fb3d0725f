"""The list of system libraries is what Qt's own files ask for."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shared libraries of Linux")

# Part of every Debian system, or of Qt's own package.
ALWAYS_THERE = re.compile(
    r"lib(c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+|z)\.so|ld-linux|libQt6|libicu|libpyside6|libshiboken6"
)
# Loaded on demand by a part that does without them, or only by Wayland and TLS plug-ins that Qt skips when missing.
OPTIONAL = {"libbrotlicommon.so.1", "libbrotlidec.so.1", "libwayland-client.so.0", "libwayland-cursor.so.0"}
FILES = (
    *(f"lib/libQt6{name}.so.6" for name in ("Core", "Gui", "Widgets", "Network", "DBus", "Svg", "XcbQpa")),
    *(f"plugins/platforms/lib{name}.so" for name in ("qxcb", "qoffscreen")),
)


@pytest.fixture(scope="module")
def system_libraries(load_script: Callable[[str], ModuleType]) -> ModuleType:
    """The set-up script as a module."""
    return load_script("system_libraries")


@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf is not installed")
def test_every_library_that_qt_asks_for_is_in_the_list(system_libraries: ModuleType) -> None:
    import PySide6

    needed: set[str] = set()
    for name in FILES:
        path = Path(PySide6.__path__[0]) / "Qt" / name
        shown = subprocess.run(["readelf", "-d", str(path)], capture_output=True, text=True, check=True).stdout
        needed |= set(re.findall(r"\(NEEDED\).*\[(.+)\]", shown))
    listed = set(system_libraries.REQUIRED) | set(system_libraries.DISPLAY) | OPTIONAL
    assert {name for name in needed if not ALWAYS_THERE.match(name)} - listed == set()


def test_a_library_that_nobody_has_is_missing(system_libraries: ModuleType) -> None:
    assert not system_libraries.is_loadable("libthere-is-no-such-library.so.7")
    assert system_libraries.is_loadable("libc.so.6")
