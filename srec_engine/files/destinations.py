"""Where a result goes, and what happens when something is there."""

from __future__ import annotations

import itertools
import logging
import os
from pathlib import Path

from srec_engine.errors import OutputError
from srec_engine.options import ExistingPolicy

__all__ = ["copy_timestamps", "output_path", "resolve_existing"]

_log = logging.getLogger(__name__)


def output_path(source: Path, suffix: str, folder: Path | None = None, root: Path | None = None) -> Path:
    """The path of a result.

    Args:
        source: The file it is made from.
        suffix: Extension of the result with its dot (".srec").
        folder: Folder for the results; None puts each beside its source.
        root: With `folder`: the folder whose tree is mirrored below `folder`. A source outside it goes to `folder`.

    Returns:
        The path; nothing is looked up or made on the disk.
    """
    name = source.stem + suffix
    if folder is None:
        return source.parent / name
    if root is not None and source.is_relative_to(root):
        return folder / source.relative_to(root).parent / name
    return folder / name


def resolve_existing(destination: Path, policy: ExistingPolicy) -> Path | None:
    """The path to write, given what is on the disk.

    Returns:
        `destination` when it is free or may be replaced; with `RENAME` the first free "name (1).ext",
        "name (2).ext", …; with `SKIP` None.

    Raises:
        OutputError: When a folder would have to be replaced.
    """
    if not os.path.lexists(destination):
        return destination
    match policy:
        case ExistingPolicy.SKIP:
            return None
        case ExistingPolicy.RENAME:
            candidates = (
                destination.with_name(f"{destination.stem} ({number}){destination.suffix}")
                for number in itertools.count(1)
            )
            return next(path for path in candidates if not os.path.lexists(path))
    if destination.is_dir():
        raise OutputError(f"{destination} is a folder and is not replaced by a file. Choose another name.")
    return destination


def copy_timestamps(source: Path, destination: Path) -> bool:
    """Give a result the times of access and modification of its source.

    Returns:
        False when the system did not allow it, which is logged: the result is good all the same.
    """
    try:
        times = source.stat()
        os.utime(destination, ns=(times.st_atime_ns, times.st_mtime_ns))
    except OSError as error:
        _log.warning("The times of %s could not be kept: %s", source, error)
        return False
    return True
