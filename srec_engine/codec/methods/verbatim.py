"""Method `verbatim`: the source file's bytes as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from srec_engine.codec.decoding import Decoding, Step
from srec_engine.codec.job import Job
from srec_engine.codec.methods.method import PREVIEW_SIDE, Candidate, HoldingMethod
from srec_engine.codec.subject import Subject
from srec_engine.container import Contents, FilePayload, Reader, container_bytes
from srec_engine.images.picture import KeptFile, bytes_checksum
from srec_engine.images.preview import reduced_file
from srec_engine.options import Method
from srec_engine.reports import MethodWords

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["METHOD", "kept_as_it_is"]


class _Verbatim(HoldingMethod):
    words = MethodWords(
        "stored",
        "Original file, unchanged",
        "as the bytes of its source file",
        "the bytes of its source file are in it as they were",
    )

    def refusal(self, subject: Subject) -> str:
        return "" if subject.file is not None else "an image in memory has no source bytes to store"

    def least_bytes(self, subject: Subject) -> float:
        return subject.file_bytes

    def encode(self, job: Job, subject: Subject, rival_bytes: float) -> Candidate:  # noqa: ARG002 - nothing to be chosen
        return kept_as_it_is(subject.kept, subject.data())

    def steps(self, decoding: Decoding) -> Iterator[Step]:
        body = decoding.reader.body()
        yield decoding.last_step(body, decoding.damage_of(body), name=decoding.reader.source_name)

    def preview(self, reader: Reader, max_side: int = PREVIEW_SIDE) -> Image:
        return reduced_file(reader.body(), f"{reader.name} ({reader.source_name})", max_side)

    def file_bytes(self, reader: Reader) -> int | None:
        return reader.held_bytes

    def note(self, subject: Subject) -> str:
        return f"the {subject.format or 'file'} is smaller than what could be made of it"


METHOD = _Verbatim()


def kept_as_it_is(kept: KeptFile, data: bytes) -> Candidate:
    """A file that is held as its bytes."""
    payload = FilePayload(kept.source.name, data)
    contents = Contents(kept.mode, kept.width, kept.height, payload, bytes_checksum(data))
    return Candidate(Method.VERBATIM, container_bytes(contents))
