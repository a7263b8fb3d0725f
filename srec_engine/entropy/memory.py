"""What the streams of one tile at one scale leave behind for those after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import CHANNELS
from srec_engine.entropy.learning import MARGIN, PIXEL_STREAMS

__all__ = ["TileMemory"]


@dataclass(frozen=True, eq=False, slots=True)
class TileMemory:
    """Residuals and surprises of everything coded so far, which later streams learn from.

    Encoder and decoder fill it alike, stream by stream, each in its turn; a stream that is coded again writes what it
    wrote before.

    Attributes:
        residuals: int16 (9, H + 4, W + 4), of the streams of pixels: three coded pixels, three channels each; H and W
            are the tile's blocks. Two rows and columns around are zero.
        offsets: int8 (9, H + 4, W + 4), of the streams of pixels: how far each value is from the centre of its mixture.
        first: uint8 (H, W, 3), the values of pixel 1.
        surprises: int16 (3, H + 4, W + 4), of the streams of remainders.
        plain: bool (4, 3), by step and channel: streams whose distributions are left as the network gives them.
    """

    residuals: npt.NDArray[np.int16]
    offsets: npt.NDArray[np.int8]
    first: npt.NDArray[np.uint8]
    surprises: npt.NDArray[np.int16]
    plain: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros((4, CHANNELS), np.bool_))

    @classmethod
    def of_blocks(cls, height: int, width: int) -> TileMemory:
        """An empty one for a tile of so many blocks."""
        shape = (height + 2 * MARGIN, width + 2 * MARGIN)
        return cls(
            residuals=np.zeros((PIXEL_STREAMS, *shape), np.int16),
            offsets=np.zeros((PIXEL_STREAMS, *shape), np.int8),
            first=np.zeros((height, width, CHANNELS), np.uint8),
            surprises=np.zeros((CHANNELS, *shape), np.int16),
        )

    @property
    def planes(self) -> tuple[npt.NDArray[Any], ...]:
        """Everything that streams write."""
        return self.residuals, self.offsets, self.first, self.surprises

    def traces(self, step: int, channel: int) -> list[npt.NDArray[Any]]:
        """Views of the planes that a stream writes; `step` is 0 for remainders, else the number of the pixel."""
        if step == 0:
            return [self.surprises[channel]]
        stream = 3 * (step - 1) + channel
        return [self.residuals[stream], self.offsets[stream]]

    def keep(self, step: int, channel: int, values: npt.NDArray[np.uint8]) -> None:
        """Keep the values of a stream, uint8 (H, W, 3), where later ones look at them."""
        if step == 1:
            self.first[..., channel] = values[..., channel]
