"""Every state of the View room, for whoever wants to picture it: `srec_gui.screenshots` and people who review a change.

A caller makes `SceneFiles`, gives the page a `HoldingEngine`, and for each scene calls `prepare`, lets the event loop
run until `ready` and once more (for what was shown or hidden to be laid out), and grabs the window.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srec_gui.engine import CancelToken, CodecOptions, EncodeOptions, Engine, Method, SrecEngine
from srec_gui.scene import Scene
from srec_gui.view.document import State
from srec_gui.view.page import ViewPage

__all__ = ["HoldingEngine", "SceneFiles", "make_scene_files", "scenes"]

_WHOLE = -1
_OPTIONS = CodecOptions()


class HoldingEngine(SrecEngine):
    """The real engine, which can be told to stop decoding at a scale and wait there until it is cancelled."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._hold_at = _WHOLE

    def hold_at(self, scale: int) -> None:
        """Decode no finer than `scale` from now on; -1 decodes everything."""
        self._hold_at = scale

    def decode_steps(
        self,
        source: Path,
        options: CodecOptions = _OPTIONS,
        *,
        cancel: CancelToken | None = None,
        partial: bool = True,
    ) -> Iterator[Any]:
        """Decode coarse to fine, as far as is allowed."""
        token = cancel or CancelToken()
        for step in super().decode_steps(source, options, cancel=token, partial=partial):
            yield step
            while step.picture is not None and step.scale <= self._hold_at:
                token.raise_if_cancelled()
                time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class SceneFiles:
    """The files the scenes show.

    Attributes:
        picture: An ordinary picture.
        packed: The same as a `.srec` by the network.
        jpeg: A JPEG of it, packed.
        kept: A file that is no picture, kept as it is.
        cut: That, with its end missing.
        foreign: A Motorola S-record, which is no picture.
    """

    picture: Path
    packed: Path
    jpeg: Path
    kept: Path
    cut: Path
    foreign: Path


def make_scene_files(folder: Path, picture: Path, engine: Engine) -> SceneFiles:
    """Make the files of the scenes in `folder`, which holds `picture` and what else the strip shall show."""
    from PIL import Image

    names = (picture.stem, "from the phone", "drawing", "cut off", "firmware")
    packed, jpeg, kept, cut, foreign = (folder / f"{name}.srec" for name in names)
    engine.encode_file(picture, packed, EncodeOptions(method=Method.SREC))
    with Image.open(picture) as opened:
        opened.convert("RGB").save(jpeg.with_suffix(".jpg"), quality=90)
    engine.encode_file(jpeg.with_suffix(".jpg"), jpeg, EncodeOptions(method=Method.JPEG))
    kept.with_suffix(".svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    engine.encode_file(kept.with_suffix(".svg"), kept, EncodeOptions(method=Method.VERBATIM))
    data = packed.read_bytes()
    cut.write_bytes(data[: len(data) * 7 // 10])
    foreign.write_bytes(b"S00600004844521B\n")
    return SceneFiles(picture, packed, jpeg, kept, cut, foreign)


def scenes() -> tuple[Scene[ViewPage, HoldingEngine, SceneFiles], ...]:
    """All states, in an order in which they can be played."""
    return (
        Scene("view-empty", _empty, lambda page: page.document is None),
        Scene("view-base", _held_at(99), _shows_coarse),
        Scene("view-refining", _held_at(2), lambda page: _scale(page) == 2),
        Scene("view-full", _whole, _complete),
        Scene("view-information", _with_information, _complete),
        Scene("view-strip", _with_strip, lambda page: _complete(page) and page.strip.settled()),
        Scene("view-values", _far_in, lambda page: _complete(page) and page.canvas.pinned),
        Scene("view-damaged", _damaged, lambda page: page.damage_bar.isVisible()),
        Scene("view-jpeg", _jpeg, _complete),
        Scene("view-kept", _kept, lambda page: page.placard.isVisible()),
        Scene("view-failed", _failed, lambda page: "firmware" in page.placard.text),
    )


def _parts(page: ViewPage, *, strip: bool, info: bool) -> None:
    page.settings.show_strip = strip
    page.settings.show_info = info


def _empty(page: ViewPage, _engine: HoldingEngine, _files: SceneFiles) -> None:
    _parts(page, strip=False, info=False)
    page.close_document()


def _held_at(scale: int) -> Callable[[ViewPage, HoldingEngine, SceneFiles], None]:
    def prepare(page: ViewPage, engine: HoldingEngine, files: SceneFiles) -> None:
        _parts(page, strip=False, info=False)
        engine.hold_at(scale)
        page.close_document()
        page.open_path(files.packed)

    return prepare


def _whole(page: ViewPage, engine: HoldingEngine, files: SceneFiles) -> None:
    _held_at(_WHOLE)(page, engine, files)


def _with_information(page: ViewPage, _engine: HoldingEngine, _files: SceneFiles) -> None:
    _parts(page, strip=False, info=True)


def _with_strip(page: ViewPage, _engine: HoldingEngine, _files: SceneFiles) -> None:
    _parts(page, strip=True, info=True)


def _far_in(page: ViewPage, _engine: HoldingEngine, _files: SceneFiles) -> None:
    _parts(page, strip=False, info=False)
    width, height = page.canvas.viewport.picture_size
    page.canvas.zoom_to(48.0)
    page.canvas.viewport.center_on(width * 0.4, height * 0.45)
    page.canvas.set_pin((int(width * 0.4), int(height * 0.45)))


def _damaged(page: ViewPage, engine: HoldingEngine, files: SceneFiles) -> None:
    _parts(page, strip=False, info=False)
    engine.hold_at(_WHOLE)
    page.open_path(files.cut)


def _jpeg(page: ViewPage, _engine: HoldingEngine, files: SceneFiles) -> None:
    _parts(page, strip=False, info=True)
    page.open_path(files.jpeg)


def _kept(page: ViewPage, _engine: HoldingEngine, files: SceneFiles) -> None:
    page.open_path(files.kept)


def _failed(page: ViewPage, _engine: HoldingEngine, files: SceneFiles) -> None:
    page.open_path(files.foreign)


def _scale(page: ViewPage) -> int | None:
    return page.canvas.picture.scale if page.canvas.picture is not None else None


def _shows_coarse(page: ViewPage) -> bool:
    return page.canvas.picture is not None and not page.canvas.picture.exact


def _complete(page: ViewPage) -> bool:
    return page.document is not None and page.document.state is State.COMPLETE
