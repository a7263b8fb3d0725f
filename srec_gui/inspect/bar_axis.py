"""The arithmetic of a colour bar: where a value lies along it, and what moving an end means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from srec_gui.analysis import Layer, Part, ValueRange, byte_scale

__all__ = ["BarAxis"]

_SPARE = 0.12
"""Room beside the range, as a share of it: what lies beyond is seen there."""

_LAST_BYTE = 255


class BarAxis:
    """The values from the bar's left to its right end: the range with some room beside it."""

    def __init__(self, layer: Layer, part: Part, limits: ValueRange) -> None:
        """An axis for a layer whose colours span `limits`."""
        self._layer = layer
        self._scale = byte_scale(layer, part)
        spare = _SPARE * (limits.high - limits.low)
        self._low = max(self._scale.value(0), limits.low - spare)
        self._high = min(self._scale.value(_LAST_BYTE), limits.high + spare)

    def place(self, value: float) -> float:
        """Where a value lies, 0 at the left end, 1 at the right one."""
        return (value - self._low) / max(1e-9, self._high - self._low)

    def byte_place(self, byte: float) -> float:
        """Where a byte lies, kept between 0 and 1."""
        return min(1.0, max(0.0, self.place(self._scale.value(byte))))

    @property
    def byte_span(self) -> tuple[int, int]:
        """First and last byte that the bar shows."""
        return max(0, round(self._scale.byte(self._low))), min(_LAST_BYTE, round(self._scale.byte(self._high)))

    def bytes_along(self, count: int) -> NDArray[np.intp]:
        """The bytes at `count` places from left to right, (count,)."""
        values = np.linspace(self._scale.byte(self._low), self._scale.byte(self._high), count)
        return np.clip(np.rint(values), 0, _LAST_BYTE).astype(np.intp)

    def moved(self, limits: ValueRange, end: str, place: float) -> ValueRange:
        """The range with one end ("low" or "high") at a place; residuals stay symmetric about zero."""
        least = 4 * self._scale.unit
        value = self._low + place * (self._high - self._low)
        value = min(self._scale.value(_LAST_BYTE), max(self._scale.value(0), round(value / least) * least))
        if self._layer is Layer.RESIDUAL:
            largest = max(abs(value), least)
            return ValueRange(-largest, largest)
        if end == "low":
            return replace(limits, low=min(value, limits.high - least))
        return replace(limits, high=max(value, limits.low + least))
