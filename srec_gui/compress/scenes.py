"""Every state of the Compress room, for `srec_gui.screenshots` and people who review a change.

A caller makes the files, gives the page a `PacedEngine`, and for each scene calls `prepare`, lets the event loop run
until `ready` and once more, and grabs the window. Numbers in the pictures are real: the real engine made them.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from srec_gui.compress.item import State
from srec_gui.compress.page import CompressPage
from srec_gui.engine import (
    CancelToken,
    EncodeOptions,
    EncodeReport,
    ExistingPolicy,
    Progress,
    ProgressCallback,
    SrecEngine,
    Stage,
)
from srec_gui.scene import Scene
from srec_gui.settings import Existing, OutputPlace

__all__ = ["PacedEngine", "SceneFiles", "make_scene_files", "scenes"]

_OPTIONS = EncodeOptions()


class PacedEngine(SrecEngine):
    """The real engine, which can be told to stop compressing one file half-way and wait there."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held = ""

    def hold(self, name: str) -> None:
        """Stop in the middle of the file of this name; "" lets everything go on."""
        self._held = name

    def encode_file(
        self,
        source: Path,
        destination: Path,
        options: EncodeOptions = _OPTIONS,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> EncodeReport:
        """Compress `source`, as far as is allowed."""
        token = cancel or CancelToken()

        def paced(value: Progress) -> None:
            if progress is not None:
                progress(value)
            while self._held == source.name and value.stage is Stage.ENCODING and value.scale == 1:
                token.raise_if_cancelled()
                time.sleep(0.01)

        return super().encode_file(source, destination, options, cancel=token, progress=paced)


@dataclass(frozen=True, slots=True)
class SceneFiles:
    """The files the scenes show.

    Attributes:
        pictures: Ordinary pictures of several kinds, the second of which is the one to be held.
        gainless: Pictures that would not become smaller.
        broken: A picture that says it has ten gigapixels.
        foreign: A Motorola S-record, which is no picture.
    """

    pictures: tuple[Path, ...]
    gainless: tuple[Path, ...]
    broken: Path
    foreign: Path

    def forget_results(self) -> None:
        """Delete what earlier scenes made."""
        for path in self.broken.parent.glob("*.srec"):
            if path != self.foreign:
                path.unlink()


def make_scene_files(folder: Path, picture: Path) -> SceneFiles:
    """Make the files of the scenes in `folder` out of one photograph."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(picture) as opened:
        photo = opened.convert("RGB")
    width, height = photo.size
    whole, face, eyes = folder / "Chelsea.png", folder / "face.png", folder / "eyes.png"
    photo.save(whole)
    photo.crop((width // 4, 0, width * 3 // 4, height * 3 // 4)).save(face)
    photo.crop((width // 3, height // 6, width * 3 // 4, height // 2)).save(eyes)
    grey, small, drawing = folder / "grey.png", folder / "from the phone.jpg", folder / "drawing.png"
    photo.convert("L").save(grey)
    photo.save(small, quality=75)
    photo.resize((12, 8)).quantize(6).resize((360, 240), Image.Resampling.NEAREST).convert("RGB").save(drawing)
    broken, foreign = folder / "poster.png", folder / "firmware.srec"
    broken.write_bytes(_giant(whole.read_bytes()))
    foreign.write_bytes(b"S00600004844521B\n")
    gainless = (folder / "sticker.webp", folder / "from the scanner.png", folder / "animation.gif")
    photo.save(gainless[0], quality=70)
    photo.convert("L").convert("I;16").save(gainless[1])
    frames = [photo.resize((width // 4, height // 4)).rotate(angle) for angle in (0, 4, 8)]
    frames[0].save(gainless[2], save_all=True, append_images=frames[1:])
    return SceneFiles((whole, face, small, drawing, grey, eyes), gainless, broken, foreign)


def _giant(png: bytes) -> bytes:
    """A PNG whose header says 100,000 × 100,000 pixels."""
    header = b"IHDR" + (100_000).to_bytes(4, "big") * 2 + png[24:29]
    return png[:12] + header + zlib.crc32(header).to_bytes(4, "big") + png[33:]


def scenes() -> tuple[Scene[CompressPage, PacedEngine, SceneFiles], ...]:
    """All states, in an order in which they can be played."""
    return (
        Scene("compress-empty", _empty, lambda page: not page.queue.items),
        Scene("compress-busy", _busy, _is_held),
        Scene("compress-stopped", _stopped, lambda page: not page.queue.busy),
        Scene("compress-done", _done, _has_ended),
        Scene("compress-mixed", _mixed, _has_ended),
        Scene("compress-failed", _failed, lambda page: _has_ended(page) and not page.notice.isHidden()),
        Scene("compress-question", _question, lambda page: not page.question.isHidden()),
        Scene("compress-options", _options, lambda page: not page.queue.busy),
        Scene("compress-taken-back", _taken_back, _is_taken_back),
    )


def _empty(page: CompressPage, _engine: PacedEngine, files: SceneFiles) -> None:
    page.queue.remove(list(page.queue.items))
    files.forget_results()


def _busy(page: CompressPage, engine: PacedEngine, files: SceneFiles) -> None:
    engine.hold(files.pictures[1].name)
    page.add_paths(list(files.pictures))


def _stopped(page: CompressPage, engine: PacedEngine, _files: SceneFiles) -> None:
    page.queue.cancel_all()
    engine.hold("")


def _done(page: CompressPage, engine: PacedEngine, files: SceneFiles) -> None:
    _empty(page, engine, files)
    page.add_paths(list(files.pictures))


def _mixed(page: CompressPage, engine: PacedEngine, files: SceneFiles) -> None:
    _empty(page, engine, files)
    page.add_paths([*files.pictures[:3], *files.gainless, files.broken])


def _failed(page: CompressPage, engine: PacedEngine, files: SceneFiles) -> None:
    _empty(page, engine, files)
    page.add_paths([files.broken, *files.pictures[:1], files.foreign])


def _question(page: CompressPage, engine: PacedEngine, files: SceneFiles) -> None:
    _empty(page, engine, files)
    page.notice.show_text("")
    for path in files.pictures[:3]:
        path.with_suffix(".srec").write_bytes(b"an older result")
    page.add_paths(list(files.pictures[:4]))


def _options(page: CompressPage, _engine: PacedEngine, files: SceneFiles) -> None:
    page.queue.answer(ExistingPolicy.SKIP)
    page.settings.output_folder = files.broken.parent.parent / "Compressed"
    page.settings.output_place = OutputPlace.MIRROR
    page.settings.existing = Existing.RENAME
    page.settings.keep_timestamps = True
    page.settings.trash_originals = True


def _taken_back(page: CompressPage, engine: PacedEngine, files: SceneFiles) -> None:
    page.settings.output_place = OutputPlace.SAME
    page.settings.existing = Existing.ASK
    _empty(page, engine, files)
    page.queue.batch_ended.connect(_undo_when_ended(page))
    page.add_paths(list(files.pictures[3:4]))


def _undo_when_ended(page: CompressPage) -> Callable[[object], None]:
    def undo(_end: object) -> None:
        page.queue.batch_ended.disconnect(undo)
        page.queue.undo()

    return undo


def _is_held(page: CompressPage) -> bool:
    return any(item.state is State.RUNNING and item.scale == 1 and item.fraction > 0 for item in page.queue.items[1:2])


def _is_taken_back(page: CompressPage) -> bool:
    return [item.state for item in page.queue.items] == [State.TAKEN_BACK] and not page.notice.isHidden()


def _has_ended(page: CompressPage) -> bool:
    return bool(page.queue.items) and not page.queue.busy
