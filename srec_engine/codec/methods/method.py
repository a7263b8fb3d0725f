"""What a method is: one way for a `.srec` to hold a picture or the file that it came from.

Each is a module of this package, called like its `Method`, with one class that fills in what is asked for here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srec_engine.codec.decoding import Decoding, Step
from srec_engine.container import Reader
from srec_engine.errors import UnsupportedImageError
from srec_engine.images.picture import PICTURE_MODES
from srec_engine.options import Method
from srec_engine.reports import ComputedBy, MethodWords

if TYPE_CHECKING:
    from PIL.Image import Image

    from srec_engine.codec.job import Job
    from srec_engine.codec.payload_encoder import EncodedPayload
    from srec_engine.codec.subject import Subject

__all__ = ["PREVIEW_SIDE", "Candidate", "CannotHoldError", "HoldingMethod"]

PREVIEW_SIDE = 512
"""Pixels that a side of a preview has where the picture has to be reduced for it."""

_NOT_COMPUTED = ComputedBy()


class CannotHoldError(UnsupportedImageError):
    """A method found only while it encoded that it cannot hold something. The message is a clause ("it …")."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to hold something.

    Attributes:
        method: Which.
        data: The whole `.srec` file.
        payload: What the network coded, where it did, without its chunks.
        computed: Where the network was computed.
    """

    method: Method
    data: bytes
    payload: EncodedPayload | None = None
    computed: ComputedBy = _NOT_COMPUTED


class HoldingMethod(ABC):
    """One way to hold a picture or a file. Has no state: one object serves all threads.

    Attributes:
        words: What it says of itself to people.
        formats: Pillow's names of the formats that it is for; empty where it is for all.
        modes: Pillow modes of the pictures that it can hold; of no meaning where it holds files.
        is_doubted: Whether what it packs with may give back something else without an error. Then every result is
            decoded and compared, whether that was asked for or not, and what does not come back is held otherwise.
    """

    words: MethodWords
    formats: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset(PICTURE_MODES)
    is_doubted: bool = False

    def concerns(self, subject: Subject) -> bool:
        """Whether it is for such a thing at all."""
        return not self.formats or subject.format in self.formats

    @abstractmethod
    def refusal(self, subject: Subject) -> str:
        """Why it cannot hold something, as a clause that completes "stored as it was: …"; "" where it can."""

    def least_bytes(self, subject: Subject) -> float:  # noqa: ARG002 - for those that can tell
        """An estimate, by a glance, of what it takes at the very least: where others need less, it is not tried."""
        return 0.0

    @abstractmethod
    def encode(self, job: Job, subject: Subject, rival_bytes: float) -> Candidate:
        """Hold something that was not refused.

        Args:
            job: Options, cancelling, progress.
            subject: What is to be held.
            rival_bytes: What it takes in the best other way so far; infinite where there is none.

        Raises:
            CannotHoldError: When it turns out that it cannot.
            Cancelled, ModelError, SrecError: As they happen.
        """

    @abstractmethod
    def steps(self, decoding: Decoding) -> Iterator[Step]:
        """Decode coarse to fine; the last step has the result, and a report that names what is damaged.

        Raises:
            DamagedFileError: When nothing can be shown.
            Cancelled, ModelError: As they happen.
        """

    @abstractmethod
    def preview(self, reader: Reader, max_side: int = PREVIEW_SIDE) -> Image:
        """A small picture at once, without the network: about `max_side` pixels, not turned by its orientation.

        Raises:
            DamagedFileError: When the part that is needed is missing or damaged.
        """

    def file_bytes(self, reader: Reader) -> int | None:  # noqa: ARG002 - for those that hold files
        """Size of the file that is held, as far as a look at the `.srec` tells.

        Raises:
            DamagedFileError: When that part of it is missing or damaged.
        """
        return None

    def note(self, subject: Subject) -> str:  # noqa: ARG002 - for those that have something to say
        """Why this method was chosen, where a person may wonder; a clause, or ""."""
        return ""
