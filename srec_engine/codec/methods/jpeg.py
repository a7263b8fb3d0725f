"""Method `jpeg`: a JPEG's coefficients, packed without loss; the very file comes back."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from srec_engine.accounts import UnaccountedError
from srec_engine.codec.background import run_telling
from srec_engine.codec.decoding import Decoding, Step
from srec_engine.codec.methods.method import PREVIEW_SIDE, Candidate, CannotHoldError, HoldingMethod
from srec_engine.container import Contents, FilePayload, Reader, container_bytes
from srec_engine.control import Progress, Stage
from srec_engine.errors import DamagedFileError
from srec_engine.images.jpeg_packing import pack_jpeg, packed_frame, unpack_jpeg, unpack_part, unpacked_size
from srec_engine.images.jpeg_parts import JpegPacker, PackedPart, first_part, parse_parts
from srec_engine.images.picture import bytes_checksum
from srec_engine.options import Method
from srec_engine.reports import MethodWords

if TYPE_CHECKING:
    from PIL.Image import Image

    from srec_engine.codec.job import Job
    from srec_engine.codec.subject import Subject

__all__ = ["METHOD"]

Result = TypeVar("Result")

_PILLOW_FORMATS = ("JPEG",)
"""What Pillow is asked for; to others it would have to be taught first."""

_COARSE_SCALE = 3
"""The scale that the means of all blocks show, which is an eighth of the picture's size."""

_WHOLE_PIXELS = 1 << 19
"""Up to this size a preview is made of the whole picture, which is there as soon."""


class _Jpeg(HoldingMethod):
    words = MethodWords(
        "JPEG",
        "JPEG, packed",
        "as a JPEG, packed without loss",
        "the coefficients of its JPEG are packed without loss; the very file comes back",
    )
    formats = frozenset(["JPEG", "MPO"])
    is_doubted = True

    def refusal(self, subject: Subject) -> str:
        if not self.concerns(subject):
            return "it is no JPEG"
        try:
            packed_frame(subject.data())
        except UnaccountedError as reason:
            return str(reason)
        return ""

    def encode(self, job: Job, subject: Subject, rival_bytes: float) -> Candidate:  # noqa: ARG002 - nothing to be chosen
        job.advance_encoding(0.0, 0)
        data = subject.data()
        threads = job.options.codec.threads
        if message := _preparation():
            job.tell(Stage.PREPARING, 0.0, message=message)
        try:
            with job.clock.measure("entropy"):
                packed = _heard(run_telling(lambda tell: pack_jpeg(data, threads, tell), job.cancel), job)
            frame = packed_frame(data)
        except UnaccountedError as reason:
            raise CannotHoldError(str(reason)) from reason
        payload = FilePayload(subject.name, packed, Method.JPEG)
        contents = Contents(frame.mode, frame.width, frame.height, payload, bytes_checksum(data))
        return Candidate(Method.JPEG, container_bytes(contents))

    def steps(self, decoding: Decoding) -> Iterator[Step]:
        reader, threads = decoding.reader, decoding.options.threads
        what = _what(reader)
        try:
            body = reader.body()
        except DamagedFileError as error:
            yield from _saved_steps(decoding, error)
            return
        first = parse_parts(body, what)[0]
        if first.packer is JpegPacker.COEFFICIENTS and (message := _preparation()):
            yield Step(Progress(Stage.PREPARING, 0.0, message=message), 0)
        if decoding.partial and decoding.region is None:
            yield from _coarse_steps(first, reader)
        with decoding.clock.measure("entropy"):
            data = yield from _shown(run_telling(lambda tell: unpack_jpeg(body, what, threads, tell), decoding.cancel))
        damage = decoding.damage_of(data) or _contradiction(reader, data)
        yield decoding.last_step(data, damage, name=reader.source_name)

    def preview(self, reader: Reader, max_side: int = PREVIEW_SIDE) -> Image:
        """The JPEG's own picture: JPEG XL's pixels of it differ by up to 22 levels from what others show."""
        with ThreadPoolExecutor(1, "srec-rebuilding") as beside:
            glance = beside.submit(_glance, reader, max_side)
            # Pillow is loaded meanwhile: a first picture is there a tenth of a second sooner.
            from srec_engine.images.preview import reduced_file

            data, side = glance.result()
            return reduced_file(data, _what(reader), side, _PILLOW_FORMATS)

    def file_bytes(self, reader: Reader) -> int | None:
        return unpacked_size(reader.body(), _what(reader))


METHOD = _Jpeg()


def _preparation() -> str:
    """What to tell the person where something has to be compiled; else ""."""
    from srec_engine.images.jpeg_coefficients import preparation  # brings in numba

    return preparation()


def _heard(work: Generator[float, None, bytes], job: Job) -> bytes:
    """The result of work; the job hears how far it is."""
    while True:
        try:
            job.advance_encoding(next(work), 0)
        except StopIteration as end:
            result: bytes = end.value
            return result


def _shown(work: Generator[float, None, Result]) -> Generator[Step, None, Result]:
    """The steps of work, and its result."""
    while True:
        try:
            yield Step(Progress(Stage.DECODING, next(work)), 0)
        except StopIteration as end:
            result: Result = end.value
            return result


def _is_large(reader: Reader) -> bool:
    return reader.header.width * reader.header.height > _WHOLE_PIXELS


def _coarse_steps(part: PackedPart, reader: Reader) -> Iterator[Step]:
    """The picture at an eighth of its size, where it takes a while until there is more."""
    if part.packer is not JpegPacker.COEFFICIENTS or not _is_large(reader):
        return
    from srec_engine.images.jpeg_shown import coarse_jpeg  # brings in numba
    from srec_engine.images.preview import reduced_file, reduced_samples

    try:
        what = _what(reader)
        image = reduced_file(coarse_jpeg(part, what), what, _coarse_side(reader), _PILLOW_FORMATS)
    except DamagedFileError:
        return  # the steps that follow tell of it
    info: dict[str, Any] = {key: image.info[key] for key in ("exif", "icc_profile") if key in image.info}
    yield Step(Progress(Stage.DECODING, 0.0), _COARSE_SCALE, reduced_samples(image), info)


def _coarse_side(reader: Reader) -> int:
    """Pixels of the longer side at an eighth of the picture's size."""
    return -(-max(reader.header.width, reader.header.height) >> _COARSE_SCALE)


def _saved_steps(decoding: Decoding, error: DamagedFileError) -> Iterator[Step]:
    """What can be saved of a damaged picture. Raises `error` where that is nothing."""
    reader, what = decoding.reader, _what(decoding.reader)
    threads = decoding.options.threads or os.cpu_count() or 1
    try:
        part = first_part(reader.remains_of_body(), what)
        if part.packer is not JpegPacker.COEFFICIENTS:
            raise error
        from srec_engine.images.jpeg_shown import saved_jpeg  # brings in numba

        work = run_telling(lambda tell: saved_jpeg(part, what, threads, tell), decoding.cancel)
        data, damaged = yield from _shown(work)
    except DamagedFileError:
        raise error from None
    rows = tuple(
        f"{reader.name} is damaged: rows {rows.start} to {rows.stop - 1} of its picture are missing, or coarse. "
        "The rest of the picture can still be shown."
        for rows in damaged
    )
    yield decoding.last_step(data, (rows or (str(error),)) + _contradiction(reader, data), name=reader.source_name)


def _glance(reader: Reader, max_side: int) -> tuple[bytes, int]:
    """A JPEG to make a preview of, and how many pixels the side of that may have at most."""
    what, damage = _what(reader), None
    try:
        part = parse_parts(reader.body(), what)[0]
    except DamagedFileError as error:
        part, damage = first_part(reader.remains_of_body(), what), error
    if part.packer is JpegPacker.COEFFICIENTS and (damage or _is_large(reader)):
        from srec_engine.images.jpeg_shown import coarse_jpeg  # brings in numba

        with suppress(DamagedFileError):
            return coarse_jpeg(part, what), min(max_side, _coarse_side(reader))
    if damage is not None:
        raise damage
    return unpack_part(part, what), max_side


def _contradiction(reader: Reader, data: bytes) -> tuple[str, ...]:
    """A sentence where the header speaks of another picture than the JPEG that it comes with."""
    header = reader.header
    try:
        frame = packed_frame(data)
        if (frame.mode, frame.width, frame.height) == (header.mode, header.width, header.height):
            return ()
    except UnaccountedError:
        pass
    return (
        f"{reader.name} is damaged: it announces {header.mode} {header.width} x {header.height}, and holds another "
        "file than such a JPEG.",
    )


def _what(reader: Reader) -> str:
    return f"{reader.name} ({reader.source_name})"
