"""What every part of one encoding needs: what was asked for, who listens, where the time goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from srec_engine.codec.clock import StageClock
from srec_engine.control import CancelToken, Progress, ProgressCallback, Stage
from srec_engine.options import EncodeOptions

__all__ = ["Job"]

_ENCODING_SHARE = 0.5
"""Share of the whole work that encoding is when verifying follows."""


def _ignore(_progress: Progress) -> None:
    """The progress of somebody who does not listen."""


@dataclass(frozen=True, slots=True)
class Job:
    """One encoding.

    Attributes:
        options: What was asked for.
        cancel: Stops it.
        progress: Is told how far it is.
        clock: Counts the seconds of its stages.
    """

    options: EncodeOptions
    cancel: CancelToken = field(default_factory=CancelToken)
    progress: ProgressCallback = _ignore
    clock: StageClock = field(default_factory=StageClock)

    @classmethod
    def of(cls, options: EncodeOptions, cancel: CancelToken | None, progress: ProgressCallback | None) -> Job:
        """A job of somebody who may not want to stop it or to hear of it."""
        return cls(options, cancel or CancelToken(), progress or _ignore)

    def tell(self, stage: Stage, fraction: float, scale: int | None = None, message: str = "") -> None:
        """Say how far the whole is. Raises `Cancelled` when it is to stop."""
        self.cancel.raise_if_cancelled()
        self.progress(Progress(stage, fraction, scale, message))

    def advance_encoding(self, share: float, scale: int) -> None:
        """Say how far encoding is."""
        self.tell(Stage.ENCODING, share * (_ENCODING_SHARE if self.options.verify else 1.0), scale)

    def advance_verifying(self, share: float, scale: int) -> None:
        """Say how far verifying is."""
        self.tell(Stage.VERIFYING, _ENCODING_SHARE + share * (1 - _ENCODING_SHARE), scale)
