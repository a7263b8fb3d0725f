"""What a caller may choose. Each choice is defined here once, for the API, the command line and the window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

__all__ = ["DEFAULT_MODEL", "CodecOptions", "EncodeOptions", "ExistingPolicy", "Method", "WithoutGain"]

DEFAULT_MODEL = "photo"


class Method(StrEnum):
    """How a `.srec` file holds its picture.

    The place in this table is the method's number in the format, so a new one comes last. What a method does is in the
    module of its name in `srec_engine.codec.methods`.

    Attributes:
        holds_file: Whether it holds the source file, which then comes back byte for byte; else it holds the picture.
    """

    SREC = "srec"
    WEBP = "webp"
    VERBATIM = "verbatim", True
    JPEG = "jpeg", True

    holds_file: bool

    def __new__(cls, value: str, holds_file: bool = False) -> Self:
        """A member of its value and its attribute."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.holds_file = holds_file
        return member


class ExistingPolicy(StrEnum):
    """What to do when the destination exists."""

    SKIP = "skip"
    RENAME = "rename"
    REPLACE = "replace"


class WithoutGain(StrEnum):
    """What to do with a file whose `.srec` would not be smaller."""

    LEAVE = "leave"
    """Leave it alone: nothing is written."""

    STORE = "store"
    """Store it all the same, for whoever wants a `.srec` of every picture."""


@dataclass(frozen=True, slots=True)
class CodecOptions:
    """Where and how the network runs, and for whom. None of it can change a single bit of the result.

    Attributes:
        device: "auto", "cpu", "cuda", "cuda:1", …; "auto" takes a GPU that passes the model's known answers,
            else the CPU.
        kernel: "auto" or the name of an integer kernel ("int8", "int8-split", "float32", "unfold").
        threads: CPU threads; None for all cores.
        trusted: Decode files that announce far more pixels than their bytes usually hold. Without it such a file is
            refused, since it may have been made to keep the machine busy for hours.
    """

    device: str = "auto"
    kernel: str = "auto"
    threads: int | None = None
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class EncodeOptions:
    """How a picture is encoded.

    Attributes:
        method: None takes the smallest; a method forces that one.
        model: Name or path of the model for the `srec` method.
        verify: Decode the result again and compare before anything is written. A method of which that was seen to be
            needed (`jpeg`) does so in any case.
        adaptation: Look for corrections of the model that suit the picture, and put them into the file: about 1 %
            smaller, for a moment more of encoding and none of decoding.
        keep_timestamps: Give the result the source file's access and modification times.
        without_gain: What `encode_file` does where the method is free and no result would be smaller than the source.
        codec: Device, kernel and threads.
    """

    method: Method | None = None
    model: str = DEFAULT_MODEL
    verify: bool = True
    adaptation: bool = True
    keep_timestamps: bool = True
    without_gain: WithoutGain = WithoutGain.STORE
    codec: CodecOptions = CodecOptions()
