"""What nobody foresaw, as a sentence for the person and a report that can be sent to those who mend the program."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import re
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

from srec_engine.errors import SrecError
from srec_engine.files.regular import explain_reading
from srec_engine.places import home_folder, state_place

__all__ = ["fault_sentence", "write_fault_report"]

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_written: dict[str, Path] = {}

_PACKAGES = ("srec-desktop", "numpy", "pillow", "imagecodecs", "tifffile", "torch", "torchac", "numba", "pyside6")
# The folders of a path, up to its last part: what is said of a file needs its name and not where it lies.
_QUOTED = re.compile(r"""(['"])(?:[A-Za-z]:)?[\\/][^'"\n]*[\\/]([^'"\\/\n]*)\1""")
_FOLDERS = re.compile(r"(?<![\w./\\…])(?:[A-Za-z]:)?[\\/]?(?:[\\/][^\\/\s'\"<>|:*?]+)*[\\/](?=[^\\/\s'\"])")
_OWN_CODE = ("site-packages", "dist-packages", "srec_engine", "srec_gui", f"python{sys.version_info.major}")


def fault_sentence(error: BaseException, path: Path | None = None) -> str:
    """What an error means, as a sentence for the person.

    The engine's own errors say it themselves. What the system says of a file is put into words. For everything else a
    report is written, and the sentence says where it is.

    Args:
        error: What was raised.
        path: The file that was worked on, where there was one.
    """
    if isinstance(error, SrecError):
        return str(error)
    if isinstance(error, OSError) and path is not None and error.filename in (str(path), os.fspath(path)):
        return str(explain_reading(path, error))
    subject = f"{path}: " if path is not None else ""
    report = write_fault_report(error, path)
    sent = f" A report to send to its makers is in {report}." if report is not None else ""
    if isinstance(error, MemoryError):
        return (
            f"{subject}There is too little memory for it ({type(error).__name__}). Close other programs, or work on a "
            f"machine with more.{sent}"
        )
    what = str(error).strip().splitlines()
    reason = f"{type(error).__name__}: {what[0]}" if what else type(error).__name__
    return f"{subject}Something went wrong that the program did not foresee ({reason}).{sent}"


def write_fault_report(error: BaseException, path: Path | None = None) -> Path | None:
    """Write down where an error came from and with which releases; of the file, only its name.

    The same error from the same place gives one report in a process, however many files it happens to.

    Returns:
        The report, or None where none can be written.
    """
    try:
        frames = traceback.TracebackException.from_exception(error)
        digest = hashlib.sha256("\n".join(_places(frames)).encode(errors="replace")).hexdigest()[:12]
        with _lock:
            if digest not in _written or not os.path.lexists(_written[digest]):
                report = _write(f"fault-{digest}.txt", _report(frames, path))
                if report is None:
                    return None
                _written[digest] = report
            return _written[digest]
    except (OSError, MemoryError):  # the boundaries that call this have none behind them
        return None


def _report(error: traceback.TracebackException, path: Path | None) -> str:
    lines = [f"{name} {version}" for name, version in _versions()]
    lines.append(f"Python {platform.python_version()}, {platform.system()} {platform.release()}, {platform.machine()}")
    lines.append(f"file: {path.name if path is not None else 'none'}")
    return "\n".join([*lines, "", *_told(error, path), ""])


def _versions() -> Iterator[tuple[str, str]]:
    import importlib.metadata  # takes a moment, which every start would pay for

    for name in _PACKAGES:
        try:
            yield name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield name, "not installed"


def _told(error: traceback.TracebackException, path: Path | None) -> Iterator[str]:
    """A traceback as Python shows it, the errors behind it first."""
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if behind is not None:
        yield from _told(behind, path)
        yield ""
    yield "Traceback (most recent call last):"
    yield from _places(error)
    yield _without_folders("".join(error.format_exception_only()).strip(), path)


def _places(error: traceback.TracebackException) -> Iterator[str]:
    for frame in error.stack:
        yield f"  {_inside(frame.filename)}, line {frame.lineno}, in {frame.name}"
        if frame.line:
            yield f"    {frame.line.strip()}"
    yield str(error.exc_type)


def _inside(file: str) -> str:
    """A source file's path from the folder of its library on."""
    parts = Path(file).parts
    for name in _OWN_CODE:
        for place, part in enumerate(parts):
            if part == name or (name.startswith("python") and part.startswith(name)):
                return "/".join(parts[place:])
    return parts[-1] if parts else file


def _without_folders(text: str, path: Path | None) -> str:
    folders = [home_folder()]
    if path is not None:
        text = text.replace(str(path), path.name)
        folders.insert(0, path.absolute().parent)
    for folder in folders:
        if folder is not None and len(str(folder)) > 1:
            text = text.replace(str(folder), "…")
    return _FOLDERS.sub("…/", _QUOTED.sub(r"\1…/\2\1", text))


def _write(name: str, text: str) -> Path | None:
    data = text.encode("utf-8", "backslashreplace")
    place = state_place()
    if place is not None:
        report = place / "srec-desktop" / "reports" / name
        try:
            report.parent.mkdir(parents=True, exist_ok=True)
            report.write_bytes(data)
        except OSError as error:
            _log.info("No report can be written to %s: %s", report, error)
        else:
            return report
    try:
        # In a folder that everybody may write to, only a name that nobody can foresee is safe.
        descriptor, made = tempfile.mkstemp(prefix="srec-fault-", suffix=".txt")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        _log.info("No report can be written: %s", error)
        return None
    return Path(made)
