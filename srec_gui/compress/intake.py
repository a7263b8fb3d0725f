"""What was dropped: folders walked, files told apart by content, sizes read. Runs in the disk lane."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.policy import SREC_SUFFIX
from srec_gui.engine import (
    Cancelled,
    CancelToken,
    Engine,
    FileKind,
    SrecError,
    explain_reading,
    fault_sentence,
    require_regular_file,
)

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
        reason: Why it could not be read, as a sentence, or "".
    """

    path: Path
    kind: FileKind | None
    empty: bool = False
    reason: str = ""


@dataclass(slots=True)
class Found:
    """What a scan found.

    Attributes:
        pictures: Items for ordinary pictures; those that cannot be read have failed already.
        packed: Items for `.srec` files, likewise.
        closed: Items, failed, for folders that cannot be read.
        rejected: Files that were named one by one and are neither, or cannot be read (kind None).
        passed_over: Number of other files in folders.
    """

    pictures: list[Item] = field(default_factory=list)
    packed: list[Item] = field(default_factory=list)
    closed: list[Item] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    passed_over: int = 0


def scan(paths: Sequence[Path], engine: Engine, cancel: CancelToken, report: Callable[[object], None]) -> Found:
    """Look at `paths`, files and folders mixed; folders are walked. Reports `Scanning`."""
    found = Found()
    seen: set[Path] = set()
    for start in paths:
        root = start if os.path.isdir(start) else None  # noqa: PTH112 - Path.is_dir raises where one may not look

        def closed(folder: Path, error: OSError, root: Path | None = root) -> None:
            found.closed.append(_failed(folder, root, str(explain_reading(folder, error))))

        for path in engine.find_files([start], cancel=cancel, unreadable=closed):
            cancel.raise_if_cancelled()
            if path not in seen:
                seen.add(path)
                _take_or_say(path, root, found, engine)
                report(Scanning(len(seen)))
    return found


def _take_or_say(path: Path, root: Path | None, found: Found, engine: Engine) -> None:
    """Take one file; the boundary behind which its trouble is its own."""
    try:
        require_regular_file(path)
        _take(path, root, found, engine)
    except Cancelled:
        raise
    # Not only Exception: libraries that are written in Rust raise what is none.
    except BaseException as error:  # noqa: BLE001
        reason = fault_sentence(error, path)
        if root is None:
            found.rejected.append(Rejected(path, None, reason=reason))
        else:
            packed = path.suffix.lower() == SREC_SUFFIX
            (found.packed if packed else found.pictures).append(_failed(path, root, reason))


def _take(path: Path, root: Path | None, found: Found, engine: Engine) -> None:
    size = path.stat().st_size
    kind = engine.identify(path)
    if kind is FileKind.SREC or (root is not None and engine.is_promised(path, kind, {FileKind.SREC})):
        found.packed.append(_packed_item(path, root, size, engine))
    elif kind is FileKind.IMAGE:
        width, height = _picture_size(path)
        found.pictures.append(Item(path, Direction.COMPRESS, size, root, width, height))
    elif root is None:
        found.rejected.append(Rejected(path, kind, empty=size == 0))
    elif engine.is_promised(path, kind, {FileKind.IMAGE}):
        # Empty, damaged or not to be read: its row says so when its turn comes.
        found.pictures.append(Item(path, Direction.COMPRESS, size, root))
    else:
        found.passed_over += 1


def _failed(path: Path, root: Path | None, reason: str) -> Item:
    direction = Direction.EXPAND if path.suffix.lower() == SREC_SUFFIX else Direction.COMPRESS
    # The row shows the folder: whole paths would leave no room for the reason.
    return Item(path, direction, 0, root, state=State.FAILED, note=reason.replace(str(path), path.name))


def _packed_item(path: Path, root: Path | None, size: int, engine: Engine) -> Item:
    item = Item(path, Direction.EXPAND, size, root)
    try:
        info = engine.read_info(path)
    except SrecError as error:
        # A damaged file keeps its row: running it says what is wrong with it.
        logger.info("The header of %s could not be read: %s", path, error)
        return item
    if info.is_picture_known:
        item.width, item.height = info.width, info.height
    item.stored_name = info.source_name
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
