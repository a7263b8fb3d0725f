"""One item's work, run in the engine's thread. Knows nothing of the queue or of Qt."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from srec_gui.compress.item import Direction, Item
from srec_gui.compress.policy import Policy
from srec_gui.desktop import move_to_trash
from srec_gui.engine import (
    CancelToken,
    DecodeReport,
    EncodeReport,
    Engine,
    ExistingPolicy,
    OutputError,
    ProgressCallback,
    ResultNames,
    SrecError,
    fault_sentence,
    require_regular_file,
)

__all__ = ["Asks", "Finished", "LeftAlone", "Outcome", "Skipped", "Texts", "UnforeseenError", "run_item"]


@dataclass(frozen=True, slots=True)
class Asks:
    """The destination exists and the person is to be asked what to do."""

    destination: Path


@dataclass(frozen=True, slots=True)
class Skipped:
    """The destination exists and is kept."""

    destination: Path


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Nothing would have been gained: nothing was written, and the original is where it was."""

    report: EncodeReport


@dataclass(frozen=True, slots=True)
class Finished:
    """The result is on the disk.

    Attributes:
        destination: Where.
        report: What the engine says.
        result_bytes: Size of the result's file.
        replaced: Whether an older file was replaced.
        trashed: Where the original is in the trash, or None.
        notes: What the person should know.
    """

    destination: Path
    report: EncodeReport | DecodeReport
    result_bytes: int
    replaced: bool
    trashed: Path | None
    notes: tuple[str, ...]


Outcome = Asks | Skipped | LeftAlone | Finished


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences for notes, translated in the UI thread; "%1" is what the engine has to say."""

    on_cpu: str
    not_trashed: str
    not_smaller: str
    dropped: str


class UnforeseenError(SrecError):
    """What a library raised, as a sentence that says where the report about it is."""


def run_item(
    item: Item,
    policy: Policy,
    names: ResultNames,
    engine: Engine,
    texts: Texts,
    cancel: CancelToken,
    report: Callable[[object], None],
) -> Outcome:
    """Do the work of `item`, of which only what was known before is read.

    Args:
        item: The item.
        policy: What the person chose.
        names: Names of this batch's results: two sources of one name must not overwrite each other.
        engine: The engine.
        texts: Sentences for notes.
        cancel: Stops it.
        report: Takes the engine's progress.

    Raises:
        SrecError: Whatever the engine has to say, and whatever a library raises.
    """
    try:
        return _run(item, policy, names, engine, texts, cancel, report)
    except SrecError:
        raise
    # The boundary, which knows the file's name. Not only Exception: libraries in Rust raise what is none.
    except BaseException as error:  # noqa: BLE001
        sentence = fault_sentence(error, item.source)
    # Out here it does not refer to what was raised, whose traceback keeps every array of the crashed frames alive.
    raise UnforeseenError(sentence)


def _run(
    item: Item,
    policy: Policy,
    names: ResultNames,
    engine: Engine,
    texts: Texts,
    cancel: CancelToken,
    report: Callable[[object], None],
) -> Outcome:
    require_regular_file(item.source)
    wanted = policy.destination(item, engine)
    named = names.name(item.source, wanted)
    if policy.existing is None and os.path.lexists(named):
        return Asks(named)
    destination = names.choose(item.source, wanted, policy.existing or ExistingPolicy.SKIP)
    if destination is None:
        return Skipped(named)
    replaced = os.path.lexists(destination)
    done = _call(item, destination, policy, engine, cancel, report)
    if isinstance(done, EncodeReport) and done.left_alone:
        return LeftAlone(done)
    notes = [texts.on_cpu.replace("%1", done.fallback)] if done.fallback else []
    trashed = None
    if policy.trash_originals and isinstance(done, EncodeReport) and done.verified and destination != item.source:
        trashed = _trash(item.source, done, notes, texts)
    if isinstance(done, DecodeReport) and done.dropped:
        notes.append(texts.dropped.replace("%1", ", ".join(done.dropped)))
    return Finished(destination, done, destination.stat().st_size, replaced, trashed, tuple(notes))


def _call(
    item: Item,
    destination: Path,
    policy: Policy,
    engine: Engine,
    cancel: CancelToken,
    progress: ProgressCallback,
) -> EncodeReport | DecodeReport:
    if item.direction is Direction.EXPAND:
        options = policy.options
        return engine.decode_file(
            item.source,
            destination,
            options.codec,
            keep_timestamps=options.keep_timestamps,
            cancel=cancel,
            progress=progress,
        )
    return engine.encode_file(item.source, destination, policy.options, cancel=cancel, progress=progress)


def _trash(source: Path, done: EncodeReport, notes: list[str], texts: Texts) -> Path | None:
    """Move the original to the trash, unless that would free nothing: then it is the better one of the two files."""
    if done.file_bytes >= done.source_bytes:
        notes.append(texts.not_smaller)
        return None
    try:
        return move_to_trash(source)
    except OutputError:
        notes.append(texts.not_trashed)
        return None
