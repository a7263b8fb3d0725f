"""The libraries of the system that Qt loads: which are missing, and the Debian packages that hold them.

The list is what the libraries and plug-ins of PySide6-Essentials name as needed and do not bring themselves
(`readelf -d`). As root on a Debian-like system what is missing is installed; elsewhere it is named.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

REQUIRED = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}
"""Libraries (soname to Debian package) without which no window can be made, not even off screen."""

DISPLAY = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What the X11 platform plug-in needs besides."""


def is_loadable(soname: str) -> bool:
    """Whether the dynamic loader finds a library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_packages() -> list[str]:
    """Debian packages that hold the libraries which are not there, sorted; empty when nothing is missing."""
    libraries = {**REQUIRED, **DISPLAY}
    return sorted({package for soname, package in libraries.items() if not is_loadable(soname)})


def _install(packages: list[str]) -> bool:
    """Install packages with apt-get; True when it says that it did. What it prints is shown only when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if _run_quietly(install, environment) == "":
        return True
    # A fresh machine has no package lists yet.
    _run_quietly(["apt-get", "update", "-qq"], environment)
    complaint = _run_quietly(install, environment)
    if complaint:
        print(complaint, file=sys.stderr)
    return complaint == ""


def _run_quietly(command: list[str], environment: dict[str, str]) -> str:
    """Run a command; what it printed if it failed, else nothing."""
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return "" if done.returncode == 0 else f"{done.stdout}{command[0]} ended with {done.returncode}."


def ensure() -> None:
    """Install what is missing when that is possible, name it otherwise.

    Not an error: the engine and the command line work without any of it.
    """
    if sys.platform != "linux":
        return
    packages = missing_packages()
    if not packages:
        return
    can_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if can_install:
        print(f"Installing system libraries that Qt needs: {' '.join(packages)}", file=sys.stderr)
        if _install(packages) and not missing_packages():
            return
        packages = missing_packages()
    print(
        "The window needs system libraries that are missing here (the command line works without them).\n"
        f"On Debian and Ubuntu: sudo apt-get install {' '.join(packages)}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    ensure()
    sys.exit(1 if missing_packages() else 0)
