"""`srec-gui [FILES…]`: the entry point."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from srec_gui import APP_NAME, __version__
from srec_gui.engine import OutputError, occupy_standard_descriptors

__all__ = ["EXIT_NO_DISPLAY", "display_problem", "main"]

EXIT_NO_DISPLAY = 69
"""Exit code when there is no display to show a window on (EX_UNAVAILABLE)."""


def display_problem() -> str:
    """Why no window can be shown, as a sentence, or "" when nothing speaks against it."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"):
        return ""
    return (
        "There is no display here (neither WAYLAND_DISPLAY nor DISPLAY is set). The command `srec` works without one."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window. Returns the exit code: 0, or `EXIT_NO_DISPLAY`."""
    occupy_standard_descriptors()
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    if options.verbose:
        # Only our own: numba alone would tell thousands of lines about what it compiles.
        for name in ("srec_gui", "srec_engine"):
            logging.getLogger(name).setLevel(logging.DEBUG)
    if options.register or options.unregister:
        return _change_registration(register=options.register)
    problem = display_problem()
    if problem:
        _say(f"srec-gui: {problem}", sys.stderr)
        return EXIT_NO_DISPLAY
    paths = [Path(name) for name in options.files]
    return _run(paths, alone=options.new_window)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="srec-gui", description="Compress pictures without loss, view them, look inside."
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="pictures and folders to compress, .srec files to open"
    )
    parser.add_argument("--new-window", action="store_true", help="do not hand the files to a window that is open")
    parser.add_argument("--register", action="store_true", help="make .srec a file type of your desktop, and end")
    parser.add_argument("--unregister", action="store_true", help="undo --register, and end")
    parser.add_argument("--verbose", action="store_true", help="log what happens to the standard error")
    parser.add_argument("--version", action="version", version=f"{APP_NAME} {__version__}")
    return parser


def _run(paths: list[Path], *, alone: bool) -> int:
    # Imported here: --help and the sentence about a missing display shall not wait for Qt, nor need its libraries.
    from srec_gui.app import Application, Session
    from srec_gui.instance import hand_over, server_name
    from srec_gui.settings import Settings

    application = Application([])
    name = "" if alone else server_name()
    if name and hand_over(paths, name):
        return 0
    return Session(application, Settings(), server_name=name).run(paths)


def _change_registration(*, register: bool) -> int:
    from srec_gui import registration

    try:
        done = registration.register() if register else registration.unregister()
    except (OSError, OutputError) as error:
        _say(f"srec-gui: {error}", sys.stderr)
        return 1
    _say(done.message, sys.stdout)
    return 0


def _say(text: str, stream: TextIO | None) -> None:
    """Write a line, where there is somebody to write to: Python has no stream for what was closed before."""
    if stream is not None:
        stream.write(f"{text}\n")
