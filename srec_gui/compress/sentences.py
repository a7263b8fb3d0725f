"""What the Compress room says, in whole sentences and short labels, translated."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from srec_gui.compress.estimate import Totals
from srec_gui.compress.intake import Rejected
from srec_gui.compress.item import Item, State
from srec_gui.compress.job import Texts
from srec_gui.compress.undo import Undone
from srec_gui.engine import FileKind, Stage
from srec_gui.wording import byte_size, counted, remaining, share

__all__ = [
    "crash_text",
    "job_texts",
    "nothing_text",
    "passed_over_text",
    "progress_text",
    "question_text",
    "rejected_text",
    "saved_text",
    "scanning_text",
    "skipped_text",
    "state_text",
    "totals_text",
    "undo_result_text",
]

translate = QCoreApplication.translate


def state_text(item: Item) -> str:
    """The state in a word or two; while it runs, the stage, how far it is and which scale is coded."""
    if item.state is State.RUNNING:
        return progress_text(item)
    if item.state is State.DONE:
        return translate("compress", "Done, verified") if item.verified else translate("compress", "Done")
    return {
        State.WAITING: translate("compress", "Waiting"),
        State.ASKING: translate("compress", "File exists"),
        State.LEFT: translate("compress", "Left alone"),
        State.SKIPPED: translate("compress", "Skipped"),
        State.FAILED: translate("compress", "Failed"),
        State.CANCELLED: translate("compress", "Stopped"),
        State.TAKEN_BACK: translate("compress", "Taken back"),
    }[item.state]


def progress_text(item: Item) -> str:
    """What is being done: "Compressing 42 % · scale 1/2"."""
    if item.stopping:
        return translate("compress", "Stopping…")
    stages = {
        None: translate("compress", "Starting"),
        Stage.READING: translate("compress", "Reading"),
        Stage.PREPARING: translate("compress", "Preparing"),
        Stage.ENCODING: translate("compress", "Compressing"),
        Stage.DECODING: translate("compress", "Expanding"),
        Stage.VERIFYING: translate("compress", "Verifying"),
        Stage.WRITING: translate("compress", "Writing"),
    }
    if item.stage is Stage.PREPARING:
        # There is no share of this, but the engine says what takes so long on a new machine.
        return item.message[:1].upper() + item.message[1:] if item.message else stages[item.stage]
    text = stages[item.stage]
    if item.stage is not None:
        text = f"{text} {share(item.fraction, 0)}"
    if item.scale is not None:
        text = f"{text} · " + translate("compress", "scale 1/%1").replace("%1", str(2**item.scale))
    return text


def job_texts() -> Texts:
    """The sentences a job may put into notes."""
    return Texts(
        on_cpu=translate("compress", "Done by the CPU, since %1."),
        not_trashed=translate("compress", "The original could not be moved to the trash; it is where it was."),
        not_smaller=translate("compress", "The original stays: the result is not smaller."),
        dropped=translate("compress", "What its format cannot hold was left out: %1."),
    )


def skipped_text(destination: Path) -> str:
    """Why a result was not written."""
    return translate("compress", "%1 exists already.").replace("%1", destination.name)


def crash_text(error: Exception) -> str:
    """What to say about an error nobody foresaw."""
    return translate("compress", "Unexpected error: %1").replace("%1", f"{type(error).__name__}: {error}")


def rejected_text(rejected: Rejected) -> str:
    """Why a file that was named cannot be taken."""
    if rejected.reason:
        return rejected.reason.replace(str(rejected.path), rejected.path.name)
    if rejected.empty:
        return translate("compress", "%1 is empty.").replace("%1", rejected.path.name)
    texts = {
        None: translate("compress", "%1 could not be read."),
        FileKind.MOTOROLA_SREC: translate(
            "compress", "%1 is a Motorola S-record, a text format of that name, not a picture."
        ),
        FileKind.ORIGINAL_SREC: translate(
            "compress",
            "%1 looks like a file of the original SReC program. Such files do not say which model they need and cannot"
            " be opened.",
        ),
    }
    text = texts.get(rejected.kind, translate("compress", "%1 is not a picture that can be compressed."))
    return text.replace("%1", rejected.path.name)


def scanning_text(files: int) -> str:
    """Said while folders are walked."""
    if not files:
        return translate("compress", "Looking…")
    return counted(files, translate("compress", "Looking… one file"), translate("compress", "Looking… %1 files"))


def nothing_text(*, expand: bool) -> str:
    """Said when there was nothing of the kind that was looked for."""
    if expand:
        return translate("compress", "There are no .srec files in there.")
    return translate("compress", "There are no pictures in there.")


def passed_over_text(count: int) -> str:
    """How many files of dropped folders are no pictures."""
    return counted(
        count,
        translate("compress", "One other file in the folder is not a picture and was left out."),
        translate("compress", "%1 other files in the folders are not pictures and were left out."),
    )


def question_text(asking: list[Item]) -> str:
    """The question about existing files."""
    names = [item.destination.name for item in asking if item.destination is not None]
    if len(names) == 1:
        return translate("compress", "%1 exists already.").replace("%1", names[0])
    more = counted(len(names) - 1, translate("compress", "one more"), translate("compress", "%1 more"))
    return (
        translate("compress", "%1 and %2 exist already.").replace("%1", names[0] if names else "").replace("%2", more)
    )


def totals_text(totals: Totals, seconds_left: float | None, *, busy: bool) -> str:
    """The footer's sentence; nothing for an empty list."""
    if not totals.items:
        return ""
    finished = totals.items - totals.open_items
    parts = []
    if busy:
        parts.append(translate("compress", "%1 of %2").replace("%1", str(finished)).replace("%2", str(totals.items)))
        parts.append(share(totals.fraction, 0))
        if seconds_left is not None:
            parts.append(remaining(seconds_left))
    else:
        parts.append(counted(totals.items, translate("compress", "1 file"), translate("compress", "%1 files")))
        ends = (
            (State.FAILED, translate("compress", "%1 failed")),
            (State.LEFT, translate("compress", "%1 left alone")),
            (State.SKIPPED, translate("compress", "%1 skipped")),
            (State.CANCELLED, translate("compress", "%1 stopped")),
            (State.TAKEN_BACK, translate("compress", "%1 taken back")),
        )
        parts += [text.replace("%1", str(totals.counts[state])) for state, text in ends if totals.counts[state]]
    saved = saved_text(totals)
    return " · ".join([*parts, saved] if saved else parts)


def undo_result_text(result: Undone) -> str:
    """What taking a batch back did."""
    parts = []
    if result.removed:
        parts.append(
            counted(
                result.removed,
                translate("compress", "One result moved to the trash."),
                translate("compress", "%1 results moved to the trash."),
            )
        )
    if result.restored:
        parts.append(
            counted(
                result.restored,
                translate("compress", "One original brought back."),
                translate("compress", "%1 originals brought back."),
            )
        )
    if result.kept:
        parts.append(
            counted(
                result.kept,
                translate("compress", "One result stays: what it replaced is gone."),
                translate("compress", "%1 results stay: what they replaced is gone."),
            )
        )
    return " ".join([*parts, *result.problems]) or translate("compress", "There was nothing to take back.")


def saved_text(totals: Totals) -> str:
    """Bytes before and after, and what that saves, over what was compressed; "" where nothing was."""
    if not totals.compressed or totals.saved is None:
        return ""
    sizes = f"{byte_size(totals.picture_bytes)} → {byte_size(totals.srec_bytes)}"
    if totals.saved < 0:
        return sizes + ", " + translate("compress", "%1 larger").replace("%1", share(-totals.saved))
    return sizes + ", " + translate("compress", "%1 saved").replace("%1", share(totals.saved))
