"""What was dropped: folders walked, files told apart by content, sizes read. Runs in the disk lane."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from srec_gui.compress.item import Direction, Item
from srec_gui.engine import CancelToken, Engine, FileKind, Method, SrecError

__all__ = ["Found", "Rejected", "Scanning", "scan"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scanning:
    """Progress of a scan: files seen so far."""

    files: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was named by the person but cannot be compressed or expanded.

    Attributes:
        path: The file.
        kind: What it is instead; None when it could not be read.
        empty: Whether there is not a single byte in it.
    """

    path: Path
    kind: FileKind | None
    empty: bool = False


@dataclass(slots=True)
class Found:
    """What a scan found.

    Attributes:
        pictures: Items for ordinary pictures.
        packed: Items for `.srec` files.
        rejected: Files that were named one by one and are neither, or cannot be read (kind None).
        passed_over: Number of other files in folders.
    """

    pictures: list[Item] = field(default_factory=list)
    packed: list[Item] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    passed_over: int = 0


def scan(paths: Sequence[Path], engine: Engine, cancel: CancelToken, report: Callable[[object], None]) -> Found:
    """Look at `paths`, files and folders mixed; folders are walked. Reports `Scanning`."""
    found = Found()
    seen: set[Path] = set()
    for start in paths:
        root = start if start.is_dir() else None
        try:
            for path in engine.find_files([start], cancel=cancel):
                cancel.raise_if_cancelled()
                if path not in seen:
                    seen.add(path)
                    _take(path, root, found, engine)
                    report(Scanning(len(seen)))
        except OSError as error:
            logger.info("%s could not be read: %s", start, error)
            found.rejected.append(Rejected(start, None))
    return found


def _take(path: Path, root: Path | None, found: Found, engine: Engine) -> None:
    kind: FileKind | None = None
    size = 1
    try:
        size = path.stat().st_size
        kind = engine.identify(path)
        if kind is FileKind.SREC:
            found.packed.append(_packed_item(path, root, size, engine))
            return
        if kind is FileKind.IMAGE:
            width, height = _picture_size(path)
            found.pictures.append(Item(path, Direction.COMPRESS, size, root, width, height))
            return
    except (OSError, SrecError) as error:
        logger.info("%s could not be read: %s", path, error)
    if root is None:
        found.rejected.append(Rejected(path, kind, empty=size == 0))
    else:
        found.passed_over += 1


def _packed_item(path: Path, root: Path | None, size: int, engine: Engine) -> Item:
    item = Item(path, Direction.EXPAND, size, root)
    try:
        info = engine.read_info(path)
    except SrecError as error:
        # A damaged file keeps its row: running it says what is wrong with it.
        logger.info("The header of %s could not be read: %s", path, error)
        return item
    item.width, item.height = info.width, info.height
    if info.method is Method.VERBATIM and info.source_name:
        item.stored_suffix = Path(info.source_name).suffix
    return item


def _picture_size(path: Path) -> tuple[int, int]:
    from PIL import Image

    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # The engine decides what it can read, and says why not; here the size stays unknown.
        logger.info("The size of %s could not be read: %s", path, error)
        return 0, 0
