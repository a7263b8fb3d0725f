"""`.srec` back to pictures: what callers use. The steps themselves are in `codec.steps`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from srec_engine.atomic import write_atomically
from srec_engine.codec.decoding import Step
from srec_engine.codec.steps import decoding_steps
from srec_engine.codec.way_back import own_file
from srec_engine.container import Box
from srec_engine.control import Advance, CancelToken, Progress, ProgressCallback, Stage
from srec_engine.errors import DamagedFileError
from srec_engine.files import copy_timestamps, format_of_name
from srec_engine.images.conversion import converted_picture
from srec_engine.images.opening import explained, open_image, signature_format
from srec_engine.images.picture import Picture
from srec_engine.images.saving import PILLOW_NAMES, save_image, to_image
from srec_engine.options import CodecOptions
from srec_engine.reports import DecodeReport

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "DecodeStep",
    "DecodedImage",
    "decode_file",
    "decode_image",
    "decode_picture",
    "decode_steps",
    "read_source",
    "verify_file",
]


ORIGINAL = "original"
"""What `decode_file` takes for a format where the source file is wanted."""


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A decoded picture.

    Attributes:
        image: Pillow image with mode, pixels and metadata of the original.
        report: What was done.
    """

    image: Image
    report: DecodeReport


@dataclass(frozen=True, slots=True)
class DecodeStep:
    """One step of decoding.

    Attributes:
        progress: How far the whole is.
        picture: The picture at the scale that became complete with this step (smaller than the full picture and without
            alpha, until the last step), else None.
        scale: The scale being decoded; 0 is the full picture.
        report: On the last step only.
    """

    progress: Progress
    picture: Image | None
    scale: int
    report: DecodeReport | None = None


def decode_steps(
    source: Path | bytes,
    options: CodecOptions = CodecOptions(),
    *,
    cancel: CancelToken | None = None,
    region: tuple[int, int, int, int] | None = None,
    partial: bool = True,
) -> Iterator[DecodeStep]:
    """Decode coarse to fine.

    A damaged or truncated file yields what could be decoded, and the last step's report names what is missing.

    Args:
        source: The file or its bytes.
        options: Device, kernel, threads.
        cancel: Stops between streams.
        region: (left, top, right, bottom) in pixels of the full picture: only the tiles it touches are decoded.
        partial: Whether the coarser scales' pictures are given too.

    Raises:
        NotSrecError: When this is no `.srec` file that can be read.
        DamagedFileError: When nothing can be shown.
        ModelError: When the file's model is not here.
        Cancelled: When the token was set.
    """
    box = None if region is None else Box(*region)
    for step in decoding_steps(source, options, cancel or CancelToken(), box, partial=partial):
        image = None
        if step.result is not None:
            image = _image_of(step.result, box)
        elif step.colour is not None and partial:
            image = _plain_image(step.colour)
            image.info.update(step.info)
        yield DecodeStep(step.progress, image, step.scale, step.report)


def decode_image(
    source: Path | bytes,
    options: CodecOptions = CodecOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> DecodedImage:
    """Decode the whole picture.

    Raises:
        NotSrecError, ModelError, Cancelled: As `decode_steps`.
        DamagedFileError: When any part of the picture could not be decoded exactly.
    """
    step = _last_step(source, options, cancel, progress)
    return DecodedImage(_image_of(_result(step), None), _report(step))


def decode_file(
    source: Path,
    destination: Path,
    options: CodecOptions = CodecOptions(),
    *,
    format: str | None = None,  # noqa: A002 - what everybody calls it
    keep_timestamps: bool = True,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> DecodeReport:
    """Decode to an image file; it is replaced, whole or not at all. It gets the times of the `.srec`.

    A `.srec` that was made of a file gives that file again, or its bytes, where the destination has the file's own name
    or an extension of its format. Else the picture is written in the lossless format of the destination's name.

    Args:
        source: The `.srec` file.
        destination: Where the result shall be.
        options: Device, kernel, threads.
        format: "png", "tiff" or "webp" writes that, whatever the destination's name; "original" the file that it was
            made of.
        keep_timestamps: Whether the result gets the times of the `.srec`, which has those of its own source.
        cancel: Stops between streams.
        progress: Is told how far it is.

    Returns:
        What was done; `dropped` names what the chosen format cannot hold.

    Raises:
        NotSrecError, DamagedFileError, ModelError, Cancelled: As `decode_image`.
        UnsupportedImageError: When the destination's format cannot hold the picture.
        OutputError: When the result cannot be written.
    """
    step = _last_step(source, options, cancel, progress)
    result = _result(step)
    own_name, own_format = _origin(result, step.source_name)
    wanted = PILLOW_NAMES.get(format or "", format) or _format_for(destination, own_name, own_format)
    if format == ORIGINAL:
        wanted = own_format
    dropped: tuple[str, ...] = ()
    if wanted == own_format:
        data = result if isinstance(result, bytes) else own_file(result, str(destination))
        write_atomically(destination, data, readable_like=source)
    else:
        picture = result
        if isinstance(picture, bytes):
            picture, dropped = converted_picture(picture, own_name)
        dropped = (*save_image(picture, destination, format_name=wanted, readable_like=source), *dropped)
    if keep_timestamps:
        copy_timestamps(source, destination)
    return replace(_report(step), destination=destination, dropped=dropped)


def read_source(
    source: Path | bytes,
    options: CodecOptions = CodecOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[str, bytes]:
    """Name and bytes of the file that a `.srec` was made of: what `decode_file` writes where no format is asked for.

    A picture that came from no file is a PNG without a name.

    Raises:
        NotSrecError, DamagedFileError, ModelError, Cancelled: As `decode_image`.
    """
    step = _last_step(source, options, cancel, progress)
    result = _result(step)
    name, _ = _origin(result, step.source_name)
    return name, result if isinstance(result, bytes) else bytes(own_file(result, name))


def _origin(result: Picture | bytes, stored_name: str) -> tuple[str, str]:
    """Name and format of the file that a `.srec` was made of; "" and "PNG" for a picture that came from no file."""
    if isinstance(result, bytes):
        return stored_name, signature_format(result[:16]) or format_of_name(stored_name) or "the stored file"
    return ("", "PNG") if result.skeleton is None else (result.skeleton.name, result.skeleton.format)


def _format_for(destination: Path, own_name: str, own_format: str) -> str:
    """The format that a destination's name asks for."""
    suffix = destination.suffix.lower()
    is_own = destination.name == own_name or (own_name and suffix == Path(own_name).suffix.lower())
    return own_format if is_own else format_of_name(destination.name) or suffix


def verify_file(
    source: Path | bytes,
    options: CodecOptions = CodecOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> DecodeReport:
    """Decode everything and check every checksum; nothing is written.

    Raises:
        NotSrecError, DamagedFileError, ModelError, Cancelled: As `decode_image`.
    """
    return _report(_last_step(source, options, cancel, progress))


def decode_picture(
    source: Path | bytes,
    options: CodecOptions,
    cancel: CancelToken,
    advance: Advance,
) -> tuple[Picture | bytes, DecodeReport]:
    """The exact picture, or the source's bytes where those are kept. Raises as `decode_image`."""
    step = _last_step(source, options, cancel, lambda news: advance(news.fraction, news.scale or 0))
    return _result(step), _report(step)


def _last_step(
    source: Path | bytes, options: CodecOptions, cancel: CancelToken | None, progress: ProgressCallback | None
) -> Step:
    """Run through all steps; the last one, which must be exact."""
    last = Step(Progress(Stage.DECODING, 0.0), 0)
    for step in decoding_steps(source, options, cancel or CancelToken(), None, partial=False):
        if progress is not None:
            progress(step.progress)
        last = step
    damage = _report(last).damage
    if damage:
        more = f" ({len(damage) - 1} more parts are damaged as well.)" if len(damage) > 1 else ""
        raise DamagedFileError(damage[0] + more)
    return last


def _report(step: Step) -> DecodeReport:
    if step.report is None:
        raise DamagedFileError("The file ended before its picture did.")
    return step.report


def _result(step: Step) -> Picture | bytes:
    if step.result is None:
        raise DamagedFileError("The file ended before its picture did.")
    return step.result


def _plain_image(colour: NDArray[np.uint8]) -> Image:
    from PIL import Image

    return Image.fromarray(colour[:, :, 0] if colour.shape[2] == 1 else colour)


def _image_of(result: Picture | bytes, region: Box | None) -> Image:
    """What a caller looks at. Source bytes are opened as Pillow opens them."""
    if isinstance(result, Picture):
        return to_image(result)
    with open_image(io.BytesIO(result), "The stored file") as image:
        with explained("The stored file", "decoded"):
            image.load()
        return image if region is None else image.crop(region.inside(*image.size))
