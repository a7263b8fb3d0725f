"""The work of opening a picture. Runs in worker threads; knows nothing of widgets.

An opening has two parts: `open_document` (disk lane) shows something at once: an ordinary picture whole, a `.srec` by
its base. `refine_document` (engine lane) then decodes a `.srec` and reports every scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from srec_gui.engine import (
    CancelToken,
    CodecOptions,
    DecodeReport,
    Engine,
    FileInfo,
    FileKind,
    SrecError,
    require_no_pipe,
)
from srec_gui.view.display import make_picture, orientation_of
from srec_gui.view.document import Document, State
from srec_gui.view.facts import frame_count, image_facts, kept_file_facts
from srec_gui.view.picture import Picture, scaled_size

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

__all__ = ["CannotShowError", "TooLargeToPreloadError", "explain", "open_document", "open_image", "refine_document"]

translate = QCoreApplication.translate

Report = Callable[[object], None]

_MAX_PIXELS = 1 << 29
_PREVIEW_FROM_PIXELS = 6_000_000
_PREVIEW_SIDE = 600


class CannotShowError(SrecError):
    """A file that is no picture, or whose picture cannot be read; the message is for the person."""


class TooLargeToPreloadError(CannotShowError):
    """The picture is larger than what is kept in memory on suspicion."""


def open_document(
    path: Path, engine: Engine, cancel: CancelToken, report: Report, *, max_pixels: int = _MAX_PIXELS
) -> Document:
    """Open `path` and return what can be shown at once; `State.REFINING` when `refine_document` has more to show.

    Args:
        path: Any file.
        engine: For `.srec` files.
        cancel: Polled often.
        report: Called with coarser `Document`s on the way.
        max_pixels: Larger pictures are refused before their pixels are read.

    Raises:
        Cancelled: The token was set.
        SrecError: Nothing can be shown; the message says why.
    """
    try:
        require_no_pipe(path)
        kind = engine.identify(path)
        cancel.raise_if_cancelled()
        if kind in {FileKind.SREC, FileKind.MOTOROLA_SREC, FileKind.ORIGINAL_SREC}:
            return _open_srec(path, engine, cancel, max_pixels)
        document = _open_ordinary(path, cancel, report, max_pixels)
        report(document)  # what would become of the file may take a moment, which no picture has to wait for
        return _checked(document, engine, cancel)
    except SrecError:
        raise
    except (OSError, MemoryError, ValueError) as error:
        raise CannotShowError(explain(error, path)) from error


def refine_document(
    document: Document, engine: Engine, options: CodecOptions, cancel: CancelToken, report: Report
) -> Document:
    """Decode the `.srec` of `document` coarse to fine and return it complete, or damaged.

    Every scale is reported as a `Document`, and the engine's `Progress` in between. Where the CPU had to take over from
    a device that failed, the document's note says so in the end.

    Raises:
        Cancelled: The token was set.
        SrecError: The file cannot be decoded at all.
    """
    facts = document.facts
    if facts is None or facts.info is None:
        return document
    metadata = _display_metadata(document)
    for step in engine.decode_steps(document.path, options, cancel=cancel, partial=True):
        cancel.raise_if_cancelled()
        if step.picture is not None and step.report is not None:
            return _refined(document, facts.info, step.picture, step.report, cancel)
        if step.picture is not None and step.scale:
            # The full picture comes once more with the last step, with its metadata and transparency.
            step.picture.info.update(metadata)
            document = replace(document, picture=_coarse_picture(facts.info, step.picture, step.scale, cancel))
            report(document)
        report(step.progress)
    return document.failed(translate("view", "The file ends before the full picture."))


def _refined(document: Document, info: FileInfo, image: Image, result: DecodeReport, cancel: CancelToken) -> Document:
    """The document at the end of decoding: complete, or with what could not be decoded."""
    picture = _coarse_picture(info, image, 0, cancel)
    facts = replace(image_facts(document.path, image, info=info), report=result)
    damage = tuple(briefly(sentence, document.path) for sentence in result.damage)
    state = State.DAMAGED if damage else State.COMPLETE
    done = replace(document, picture=picture, facts=facts, state=state, damage=damage, fraction=1.0, scale=None)
    return replace(done, note=_fallback_text(result))


def _fallback_text(result: DecodeReport) -> str:
    if not result.fallback:
        return ""
    return translate("view", "decoded by the CPU, since {what}").format(what=result.fallback)


def _display_metadata(document: Document) -> dict[str, Any]:
    """What a coarser scale needs to be turned and coloured like the full picture: taken from the preview."""
    picture = document.picture
    info = picture.original.info if picture is not None else {}
    return {name: info[name] for name in ("exif", "icc_profile") if name in info}


def _coarse_picture(info: FileInfo, image: Image, scale: int, cancel: CancelToken) -> Picture:
    """The picture of scale `scale`; -1 instead where `image` has not that scale's size."""
    size = (info.width, info.height) if info.is_picture_known else image.size
    if image.size != scaled_size(*size, scale):
        scale = -1
    return make_picture(image, cancel, full_size=size, scale=scale)


def _open_srec(path: Path, engine: Engine, cancel: CancelToken, max_pixels: int) -> Document:
    info = engine.read_info(path)
    if info.width * info.height > max_pixels:
        raise TooLargeToPreloadError(str(path))
    try:
        preview = engine.read_preview(path)
    except SrecError:
        if not info.method.holds_file:
            raise
        return _kept_file(path, info, engine, cancel)
    cancel.raise_if_cancelled()
    picture = _coarse_picture(info, preview, max(1, info.scale_count), cancel)
    return Document(path, State.REFINING, picture, image_facts(path, preview, info=info))


def _kept_file(path: Path, info: FileInfo, engine: Engine, cancel: CancelToken) -> Document:
    """A `.srec` whose file cannot be shown, but comes back. Raises SrecError where it does not."""
    name, _ = engine.read_source(path, cancel=cancel)
    message = translate(
        "view",
        "“{name}” keeps the file “{original}”, byte for byte. This program cannot show it. Save the original file, and"
        " open it with the program that made it.",
    )
    facts = kept_file_facts(path, info)
    text = message.format(name=path.name, original=engine.result_name(path, name))
    return Document(path, State.FAILED, facts=facts, message=text)


def _open_ordinary(path: Path, cancel: CancelToken, report: Report, max_pixels: int) -> Document:
    with open_image(path) as image:
        if image.width * image.height > max_pixels:
            raise TooLargeToPreloadError(str(path))
        if image.format == "JPEG" and image.width * image.height >= _PREVIEW_FROM_PIXELS:
            preview = _jpeg_preview(path, image.size, cancel)
            if preview is not None:
                report(Document(path, State.REFINING, preview, image_facts(path, image)))
        return _load_ordinary(path, image, cancel)


def _checked(document: Document, engine: Engine, cancel: CancelToken) -> Document:
    """The document with what would become of its file as a `.srec`, where that can be told."""
    cancel.raise_if_cancelled()
    try:
        check = engine.check_file(document.path, pixels=False)
    except SrecError:
        return document  # it can be shown, which is what was asked for
    facts = document.facts
    return document if facts is None else replace(document, facts=replace(facts, check=check))


def _load_ordinary(path: Path, image: ImageFile, cancel: CancelToken) -> Document:
    frames = frame_count(image)
    damage: tuple[str, ...] = ()
    try:
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        damage = (explain(error, path),)
        _keep_decoded_part(image, error)
    cancel.raise_if_cancelled()
    # A file of several pictures may be read again at any time: what is kept must be detached from it.
    pixels = image.copy() if frames > 1 else image
    picture = make_picture(pixels, cancel, orientation=orientation_of(image))
    state = State.DAMAGED if damage else State.COMPLETE
    return Document(path, state, picture, image_facts(path, image, frames=frames), fraction=1.0, damage=damage)


def open_image(path: Path) -> ImageFile:
    """Open a picture with Pillow, its pixels not yet read; a refusal explains itself.

    Raises:
        CannotShowError: It is no picture, or larger than any memory.
        OSError: The file cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    # Pillow's own limit is a warning at 90 megapixels; ours is the engine's, and an error.
    Image.MAX_IMAGE_PIXELS = _MAX_PIXELS
    try:
        return Image.open(path)
    except UnidentifiedImageError as error:
        raise CannotShowError(
            translate("view", "“{name}” is not a picture this program can read.").format(name=path.name)
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = translate("view", "“{name}” says it has more pixels than can be shown ({limit} megapixels at most).")
        raise CannotShowError(message.format(name=path.name, limit=_MAX_PIXELS // 1_000_000)) from error


def _keep_decoded_part(image: ImageFile, error: Exception) -> None:
    """Make Pillow take the rows that came before `error` for the picture; raises `error` when there are none."""
    image.tile = []
    try:
        image.load()
        image.getpixel((0, 0))
    except (OSError, SyntaxError, ValueError, AttributeError, IndexError):
        raise error from None


def _jpeg_preview(path: Path, size: tuple[int, int], cancel: CancelToken) -> Picture | None:
    """A large JPEG at an eighth of its size, which takes a fraction of the time; None where that fails."""
    with open_image(path) as image:
        image.draft("RGB", (_PREVIEW_SIDE, _PREVIEW_SIDE))
        if image.size == size:
            return None
        try:
            image.load()
        except (OSError, SyntaxError, ValueError):
            return None
    cancel.raise_if_cancelled()
    return make_picture(image, cancel, full_size=size, scale=-1)


def briefly(sentence: str, path: Path) -> str:
    """`sentence` with the file's name in place of its whole path: the room shows which file is meant."""
    return sentence.replace(str(path), f"“{path.name}”")


def explain(error: BaseException, path: Path) -> str:
    """What happened to `path`, and what the person can do."""
    name = path.name
    if isinstance(error, SrecError):
        return briefly(str(error), path)
    if isinstance(error, MemoryError):
        return translate(
            "view", "There is not enough memory to show “{name}”. Close other programs and try again."
        ).format(name=name)
    if isinstance(error, FileNotFoundError):
        return translate("view", "“{name}” is not there any more.").format(name=name)
    if isinstance(error, IsADirectoryError):
        return translate("view", "“{name}” is a folder.").format(name=name)
    if isinstance(error, PermissionError):
        return translate(
            "view", "You are not allowed to read “{name}”. Ask its owner, or change its permissions."
        ).format(name=name)
    detail = str(error) or type(error).__name__
    return translate("view", "“{name}” is damaged or incomplete: {detail}.").format(
        name=name, detail=detail.rstrip(".")
    )
