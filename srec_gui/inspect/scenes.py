"""Every state of the Inspect room, for `srec_gui.screenshots` and people who review a change.

A caller makes `SceneFiles`, gives the page a `PacedEngine`, and for each scene calls `prepare`, lets the event loop run
until `ready` and once more, and grabs the window. What the pictures show is real: the real engine computed it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srec_gui.analysis import Layer, Part, ValueRange
from srec_gui.engine import (
    CancelToken,
    CodecOptions,
    EncodeOptions,
    Engine,
    Method,
    Progress,
    ProgressCallback,
    SrecEngine,
)
from srec_gui.inspect.choice import RangeMode, SideChoice
from srec_gui.inspect.page import InspectPage
from srec_gui.scene import Scene

__all__ = ["PacedEngine", "SceneFiles", "make_scene_files", "scenes"]

_OPTIONS = CodecOptions()
_PLACE = (0.415, 0.345)
"""What the close views look at, as shares of the picture: the cat's eye."""


class PacedEngine(SrecEngine):
    """The real engine, which can be told to stop half-way while it codes a picture for the inspector."""

    held = False

    def inspect_with_network(
        self,
        source: Path,
        options: CodecOptions = _OPTIONS,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> Any:
        """Code the picture, as far as is allowed."""
        token = cancel or CancelToken()

        def paced(value: Progress) -> None:
            if progress is not None:
                progress(value)
            while self.held and value.fraction >= 0.05:
                token.raise_if_cancelled()
                time.sleep(0.01)

        return super().inspect_with_network(source, options, cancel=token, progress=paced)


@dataclass(frozen=True, slots=True)
class SceneFiles:
    """The files the scenes show.

    Attributes:
        coded: A photograph by the network.
        webp: The same as WebP.
        jpeg: A JPEG of it, packed.
        stored: The bytes of that JPEG.
        cut: The coded one, with its end missing.
        foreign: A Motorola S-record, which is no picture.
    """

    coded: Path
    webp: Path
    jpeg: Path
    stored: Path
    cut: Path
    foreign: Path


def make_scene_files(folder: Path, picture: Path, engine: Engine) -> SceneFiles:
    """Make the files of the scenes in `folder` from a photograph."""
    from PIL import Image

    jpeg = folder / "cat.jpg"
    with Image.open(picture) as opened:
        opened.convert("RGB").save(jpeg, quality=75)
    names = ("cat", "cat as WebP", "cat as JPEG", "cat as it was", "cat, cut off", "firmware")
    files = SceneFiles(*(folder / f"{name}.srec" for name in names))
    engine.encode_file(picture, files.coded, EncodeOptions(method=Method.SREC))
    engine.encode_file(picture, files.webp, EncodeOptions(method=Method.WEBP))
    engine.encode_file(jpeg, files.jpeg, EncodeOptions(method=Method.JPEG))
    engine.encode_file(jpeg, files.stored, EncodeOptions(method=Method.VERBATIM))
    data = files.coded.read_bytes()
    files.cut.write_bytes(data[: len(data) * 6 // 10])
    files.foreign.write_bytes(b"S00600004844521B\n")
    return files


def scenes() -> tuple[Scene[InspectPage, PacedEngine, SceneFiles], ...]:
    """All states, in an order in which they can be played."""
    return (
        Scene("inspect-empty", _empty, lambda page: not page.session.doing),
        Scene("inspect-cost", _opened(Layer.ACTUAL, Layer.COST), _complete),
        Scene("inspect-held", _held, _read_out),
        Scene("inspect-predicted", _layers(Layer.PREDICTED, Layer.MOST_LIKELY), _complete),
        Scene("inspect-residual", _layers(Layer.RESIDUAL, Layer.EXPECTED_COST), _complete),
        Scene("inspect-coarse", _coarse, _complete),
        Scene("inspect-base", _base, _complete),
        Scene("inspect-remainders", _remainders, _complete),
        Scene("inspect-channel", _channel, _complete),
        Scene("inspect-range", _own_range, _complete),
        Scene("inspect-pinned", _pinned(14.0, 0), _read_out),
        Scene("inspect-free", _pinned(14.0, 1), _read_out),
        Scene("inspect-values", _pinned(56.0, 0), _read_out),
        Scene("inspect-play", _playing, lambda page: page.play.running and page.chooser.choice.scale == 2),
        Scene("inspect-damaged", _damaged, _damage_shown),
        Scene("inspect-webp", _open(lambda files: files.webp), lambda page: page.placard.offers_network),
        Scene("inspect-coding", _coding, lambda page: bool(page.session.progress)),
        Scene("inspect-jpeg", _jpeg, _jpeg_complete(0)),
        Scene("inspect-jpeg-means", _bands(4, Layer.ACTUAL, Layer.BLOCK_COST, Part.ALL), _jpeg_complete(4)),
        Scene("inspect-jpeg-band", _bands(3, Layer.PREDICTED, Layer.ACTUAL, Part.BAND), _jpeg_complete(3)),
        Scene("inspect-jpeg-residual", _bands(2, Layer.ACTUAL, Layer.RESIDUAL, Part.ALL), _jpeg_complete(2)),
        Scene("inspect-jpeg-part", _jpeg_part, _jpeg_complete(2)),
        Scene("inspect-jpeg-block", _block(0, 1.0, Part.ALL), _block_told),
        Scene("inspect-jpeg-closely", _block(3, 9.0, Part.BAND), _block_told),
        Scene("inspect-stored", _open(lambda files: files.stored), lambda page: "as it was" in page.placard.text),
        Scene("inspect-failed", _open(lambda files: files.foreign), lambda page: "firmware" in page.placard.text),
    )


def _empty(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    page.session.close()


def _open(choose: Callable[[SceneFiles], Path]) -> Callable[[InspectPage, PacedEngine, SceneFiles], None]:
    def prepare(page: InspectPage, engine: PacedEngine, files: SceneFiles) -> None:
        engine.held = False
        page.open_path(choose(files))

    return prepare


def _opened(left: Layer, right: Layer) -> Callable[[InspectPage, PacedEngine, SceneFiles], None]:
    def prepare(page: InspectPage, _engine: PacedEngine, files: SceneFiles) -> None:
        page.chooser.choose(left=SideChoice(left), right=SideChoice(right))
        page.open_path(files.coded)

    return prepare


def _show(page: InspectPage, scale: int, left: SideChoice, right: SideChoice, pin: tuple[int, int] | None) -> None:
    page.viewport.fit()
    page.chooser.choose(scale=scale, left=left, right=right, pin=pin, range_mode=RangeMode.FIXED)


def _layers(left: Layer, right: Layer) -> Callable[[InspectPage, PacedEngine, SceneFiles], None]:
    def prepare(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
        _show(page, 0, SideChoice(left), SideChoice(right), None)

    return prepare


def _coarse(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    _show(page, 3, SideChoice(Layer.ACTUAL), SideChoice(Layer.COST), (23, 13))


def _base(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    _show(page, len(page.strip.scales()) - 1, SideChoice(Layer.ACTUAL), SideChoice(Layer.COST), None)


def _remainders(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    _show(page, 0, SideChoice(Layer.ACTUAL), SideChoice(Layer.COST), None)
    line = next(one for one in page.budget_table.lines if one.scale == 0 and one.part is Part.REMAINDERS)
    page.budget_bar.chosen.emit(line)


def _channel(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    _show(page, 0, SideChoice(Layer.COST, Part.PIXEL_1, 1), SideChoice(Layer.COST, Part.PIXEL_3, 2), None)


def _own_range(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    narrow = ValueRange(1.0, 4.0)
    _show(page, 0, SideChoice(Layer.RESIDUAL), SideChoice(Layer.COST, limits=narrow), None)


def _held(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    width, height = page.viewport.picture_size
    x, y = (2 * int(share * size / 2) for share, size in zip(_PLACE, (width, height), strict=True))
    _show(page, 0, SideChoice(Layer.ACTUAL), SideChoice(Layer.COST), (x, y))


def _pinned(zoom: float, below: int) -> Callable[[InspectPage, PacedEngine, SceneFiles], None]:
    def prepare(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
        width, height = page.viewport.picture_size
        x, y = (2 * int(share * size / 2) for share, size in zip(_PLACE, (width, height), strict=True))
        _show(page, 0, SideChoice(Layer.RESIDUAL), SideChoice(Layer.COST), (x + below, y + below))
        page.viewport.show_closely(x, y, zoom * page.devicePixelRatioF())

    return prepare


def _playing(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    _show(page, 0, SideChoice(Layer.ACTUAL), SideChoice(Layer.COST), None)
    page.play.set_running(True)


def _damaged(page: InspectPage, engine: PacedEngine, files: SceneFiles) -> None:
    page.play.set_running(False)
    page.chooser.choose(left=SideChoice(Layer.ACTUAL), right=SideChoice(Layer.COST))
    _open(lambda these: these.cut)(page, engine, files)


def _coding(page: InspectPage, engine: PacedEngine, _files: SceneFiles) -> None:
    engine.held = True
    page.analyse_with_network()


def _jpeg(page: InspectPage, engine: PacedEngine, files: SceneFiles) -> None:
    page.chooser.choose(left=SideChoice(Layer.ACTUAL), right=SideChoice(Layer.COST), pin=None)
    _open(lambda these: these.jpeg)(page, engine, files)


def _bands(scale: int, left: Layer, right: Layer, part: Part) -> Callable[[InspectPage, PacedEngine, SceneFiles], None]:
    def prepare(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
        _show(page, scale, SideChoice(left, part), SideChoice(right, part), None)

    return prepare


def _jpeg_part(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
    _show(page, 0, SideChoice(Layer.ACTUAL), SideChoice(Layer.BLOCK_COST), None)
    line = next(one for one in page.budget_table.lines if one.scale == 2 and one.channel == 0)
    page.budget_bar.chosen.emit(line)


def _block(scale: int, zoom: float, part: Part) -> Callable[[InspectPage, PacedEngine, SceneFiles], None]:
    def prepare(page: InspectPage, _engine: PacedEngine, _files: SceneFiles) -> None:
        width, height = page.viewport.picture_size
        x, y = (int(share * size) for share, size in zip(_PLACE, (width, height), strict=True))
        _show(page, scale, SideChoice(Layer.ACTUAL, part), SideChoice(Layer.BLOCK_COST, part), (x, y))
        if zoom > 1:
            page.viewport.show_closely(x, y, zoom * page.devicePixelRatioF())

    return prepare


def _jpeg_complete(scale: int) -> Callable[[InspectPage], bool]:
    def complete(page: InspectPage) -> bool:
        here = page.chooser.choice.scale == scale and bool(page.session.store.of_scale(scale))
        return here and bool(page.session.parts) and not page.session.doing

    return complete


def _block_told(page: InspectPage) -> bool:
    told, choice = page.panel.blocks.pixel, page.chooser.choice
    if told is None or (told.scale, (told.x, told.y)) != (choice.scale, choice.pin):
        return False
    return _jpeg_complete(choice.scale)(page)


def _complete(page: InspectPage) -> bool:
    """Whether what is seen is here and nothing is being done."""
    ledger, scale = page.session.ledger, page.chooser.choice.scale
    if ledger is None or ledger.model_bits is None or page.session.doing:
        return False
    return scale == len(page.strip.scales()) - 1 or bool(page.session.store.of_scale(scale))


def _read_out(page: InspectPage) -> bool:
    told, choice = page.readout.pixel, page.chooser.choice
    return _complete(page) and told is not None and (told.scale, (told.x, told.y)) == (choice.scale, choice.pin)


def _damage_shown(page: InspectPage) -> bool:
    return bool(page.status.damage) and not page.session.doing
