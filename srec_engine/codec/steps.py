"""Decoding step by step, in arrays: progress, coarse pictures, at the end the exact picture or what is left of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.torch_libraries import load_torch_libraries
from srec_engine.container import Box, Reader, open_reader, require_plausible_size
from srec_engine.control import CancelToken, Progress, Stage
from srec_engine.errors import DamagedFileError, ModelError
from srec_engine.files import require_no_pipe
from srec_engine.images import (
    Picture,
    bytes_checksum,
    display_info,
    full_colour,
    picture_from_reader,
    pixel_checksum,
)
from srec_engine.model.adaptation import ADAPTED_SCALES
from srec_engine.model.store import find_model_by_id, user_model_folder
from srec_engine.options import CodecOptions, Method
from srec_engine.reports import DecodeReport

__all__ = ["Step", "decoding_steps", "model_path", "opened"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        progress: How far the whole is.
        scale: The scale being decoded.
        colour: uint8 (h, w, 1 or 3) of the scale that became complete, else None.
        info: What `colour` needs to be shown rightly: "exif" and "icc_profile", where there are any.
        result: On the last step: the picture (or its region), or the source's bytes where those are kept.
        report: On the last step.
        source_name: On the last step: the source file's name where its bytes are kept, else "".
    """

    progress: Progress
    scale: int
    colour: NDArray[np.uint8] | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    result: Picture | bytes | None = None
    report: DecodeReport | None = None
    source_name: str = ""


@contextmanager
def opened(source: Path | bytes) -> Iterator[Reader]:
    """A reader of a file or of bytes. Raises `SourceError` for a pipe, which might never end."""
    if isinstance(source, Path):
        require_no_pipe(source)
        with open_reader(source) as reader:
            yield reader
    else:
        yield Reader(source)


def model_path(reader: Reader) -> Path:
    """The file of the model that a `.srec` was made with.

    Raises:
        ModelError: When it is not here.
    """
    path = find_model_by_id(reader.header.model_id)
    if path is None:
        raise ModelError(
            f"{reader.name} was made with the model {reader.header.model_id.hex()[:16]}…, which is not installed here. "
            f"Update the program, or put the model's file into {user_model_folder()}, as srec import-weights does."
        )
    return path


def decoding_steps(
    source: Path | bytes, options: CodecOptions, cancel: CancelToken, region: Box | None
) -> Iterator[Step]:
    """Decode coarse to fine; what is damaged is named in the last step's report.

    Raises:
        NotSrecError, ModelError, Cancelled: As they happen.
        DamagedFileError: When nothing can be shown.
    """
    clock = StageClock()
    with opened(source) as reader:
        cancel.raise_if_cancelled()
        match reader.header.method:
            case Method.SREC:
                yield from _network_steps(reader, options, cancel, _inside(reader, region), clock)
            case Method.WEBP:
                picture = picture_from_reader(reader)
                damage = () if _intact(reader, picture) else (_wrong_pixels(reader),)
                yield _last(reader, clock, _cropped(picture, _inside(reader, region)), damage)
            case Method.VERBATIM:
                body = reader.body()
                damage = () if bytes_checksum(body) == reader.pixel_checksum else (_wrong_pixels(reader),)
                yield replace(_last(reader, clock, body, damage), source_name=reader.source_name)


def _inside(reader: Reader, region: Box | None) -> Box | None:
    """The part of a region that lies in the picture.

    Raises:
        ValueError: When there is none.
    """
    if region is None:
        return None
    header = reader.header
    inside = Box(
        max(0, region.left), max(0, region.top), min(header.width, region.right), min(header.height, region.bottom)
    )
    if inside.width <= 0 or inside.height <= 0:
        raise ValueError(f"{tuple(region)} lies outside a picture of {header.width} x {header.height} pixels")
    return inside


def _network_steps(
    reader: Reader, options: CodecOptions, cancel: CancelToken, region: Box | None, clock: StageClock
) -> Iterator[Step]:
    if not options.trusted:
        require_plausible_size(reader)
    mode = reader.header.mode
    base, info = full_colour(mode, reader.base()), display_info(reader)
    yield Step(Progress(Stage.PREPARING, 0.0), reader.header.scale_count, base if region is None else None, info)
    load_torch_libraries()
    from srec_engine.codec.file_runtime import adapted_to_file  # brings in torch
    from srec_engine.codec.payload_decoder import PayloadDecoder
    from srec_engine.codec.runtime import load_runtime

    messages: list[str] = []
    damage: tuple[str, ...] = ()
    with clock.measure("preparing"):
        runtime = load_runtime(model_path(reader), options, messages.append)
        try:
            runtime = adapted_to_file(runtime, reader)
        except DamagedFileError as error:
            damage = (str(error),)
    if messages:
        yield Step(Progress(Stage.PREPARING, 0.0, message=messages[-1]), reader.header.scale_count)
    # Without its corrections the finest scales cannot be decoded; the coarser ones can.
    decoder = PayloadDecoder(reader, runtime, cancel, clock, region, finest=ADAPTED_SCALES if damage else 0)
    colour = base
    for news in decoder.scales():
        image = None if news.image is None else full_colour(mode, news.image)
        if image is not None and news.scale == 0:  # holding coarser ones would cost memory
            colour = image
        yield Step(Progress(Stage.DECODING, news.fraction, news.scale), news.scale, image, info)
    picture, damage_around = _assembled(reader, colour, region)
    damage = (*damage, *decoder.damage, *damage_around)
    if not damage and region is None and not _intact(reader, picture):
        damage = (_wrong_pixels(reader),)
    last = _last(reader, clock, picture, damage)
    report = last.report
    if report is not None:
        report = replace(report, **asdict(runtime.processor.report()))
    yield replace(last, report=report)


def _assembled(reader: Reader, colour: NDArray[np.uint8], region: Box | None) -> tuple[Picture, tuple[str, ...]]:
    """Colour with alpha and metadata; where those are damaged, the picture without them and a sentence."""
    header = reader.header
    width, height = colour.shape[1], colour.shape[0]
    try:
        # The region's colours stand in for the whole picture's, which were not decoded.
        stand_in = np.broadcast_to(colour[:1, :1], (header.height, header.width, colour.shape[2]))
        whole = picture_from_reader(reader, stand_in)
        return replace(_cropped(whole, region), colour=colour), ()
    except DamagedFileError as error:
        mode = "L" if colour.shape[2] == 1 else "RGB"
        return Picture(mode, width, height, colour), (str(error),)


def _cropped(picture: Picture, region: Box | None) -> Picture:
    return picture if region is None else picture.part(region.rows, region.columns)


def _intact(reader: Reader, picture: Picture) -> bool:
    try:
        return pixel_checksum(picture) == reader.pixel_checksum
    except DamagedFileError:
        return False


def _wrong_pixels(reader: Reader) -> str:
    if not reader.is_complete:
        return f"{reader.name} is cut off: the checksum of its picture is missing, so it cannot be checked."
    return (
        f"{reader.name} decoded to a picture that is not the one it was made from: its checksum does not match. "
        "The file was changed, or this machine computes wrongly (try the kernel unfold)."
    )


def _last(reader: Reader, clock: StageClock, result: Picture | bytes, damage: tuple[str, ...]) -> Step:
    header = reader.header
    report = DecodeReport(
        None,
        header.width,
        header.height,
        header.mode,
        header.method,
        reader.file_bytes,
        clock.elapsed,
        dict(clock.seconds),
        damage=damage,
    )
    return Step(Progress(Stage.DECODING, 1.0, 0), 0, result=result, report=report)
