"""Method `jpeg`: a JPEG's coefficients, packed without loss; the very file comes back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from srec_engine.accounts import UnaccountedError
from srec_engine.codec.background import run_cancellable
from srec_engine.codec.decoding import Decoding, Step
from srec_engine.codec.methods.method import PREVIEW_SIDE, Candidate, CannotHoldError, HoldingMethod
from srec_engine.container import Contents, FilePayload, Reader, container_bytes
from srec_engine.images.jpeg_packing import pack_jpeg, packed_frame, unpack_jpeg, unpack_picture, unpacked_size
from srec_engine.images.picture import bytes_checksum
from srec_engine.options import Method
from srec_engine.reports import MethodWords

if TYPE_CHECKING:
    from PIL.Image import Image

    from srec_engine.codec.job import Job
    from srec_engine.codec.subject import Subject

__all__ = ["METHOD"]

_PILLOW_FORMATS = ("JPEG",)
"""What Pillow is asked for; to others it would have to be taught first."""


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
        try:
            with job.clock.measure("entropy"):
                packed = run_cancellable(lambda: pack_jpeg(data, threads), job.cancel)
            frame = packed_frame(data)
        except UnaccountedError as reason:
            raise CannotHoldError(str(reason)) from reason
        payload = FilePayload(subject.name, packed, Method.JPEG)
        contents = Contents(frame.mode, frame.width, frame.height, payload, bytes_checksum(data))
        return Candidate(Method.JPEG, container_bytes(contents))

    def steps(self, decoding: Decoding) -> Iterator[Step]:
        reader, threads = decoding.reader, decoding.options.threads
        body = reader.body()
        with decoding.clock.measure("entropy"):
            data = run_cancellable(lambda: unpack_jpeg(body, _what(reader), threads), decoding.cancel)
        damage = decoding.damage_of(data) or _contradiction(reader, data)
        yield decoding.last_step(data, damage, name=reader.source_name)

    def preview(self, reader: Reader, max_side: int = PREVIEW_SIDE) -> Image:
        """The rebuilt JPEG's picture: JPEG XL's own pixels of it differ by up to 22 levels from what others show."""
        what = _what(reader)
        with ThreadPoolExecutor(1, "srec-rebuilding") as beside:
            rebuilt = beside.submit(unpack_picture, reader.body(), what)
            # Pillow is loaded meanwhile: a first picture is there a tenth of a second sooner.
            from srec_engine.images.preview import reduced_file

            return reduced_file(rebuilt.result(), what, max_side, _PILLOW_FORMATS)

    def file_bytes(self, reader: Reader) -> int | None:
        return unpacked_size(reader.body(), _what(reader))


METHOD = _Jpeg()


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
