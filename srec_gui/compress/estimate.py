"""Totals of the queue, by pixels, and the time that is left."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from srec_gui.compress.item import Direction, Item, State

__all__ = ["Rate", "Totals", "total"]

_WINDOW = 30.0
_SHORTEST = 1.5
# Pixels a byte of a picture file stands for, for pictures whose size could not be read.
_PIXELS_PER_BYTE = 0.6


@dataclass(frozen=True, slots=True)
class Totals:
    """The queue in numbers.

    Attributes:
        counts: Items by state.
        pixels, done_pixels: Of the items of the running batch (all items when none runs); the running ones by share.
        picture_bytes, srec_bytes: Of the items that are done, the ordinary pictures' and the `.srec` files'.
        compressed, expanded: Items done in each direction.
    """

    counts: Counter[State] = field(default_factory=Counter)
    pixels: float = 0.0
    done_pixels: float = 0.0
    picture_bytes: int = 0
    srec_bytes: int = 0
    compressed: int = 0
    expanded: int = 0

    @property
    def items(self) -> int:
        """Number of items."""
        return sum(self.counts.values())

    @property
    def open_items(self) -> int:
        """Items with work to come."""
        return sum(self.counts[state] for state in (State.WAITING, State.RUNNING, State.ASKING))

    @property
    def fraction(self) -> float:
        """Share of the pixels that is done."""
        return self.done_pixels / self.pixels if self.pixels else 0.0

    @property
    def saved(self) -> float | None:
        """Share of the bytes that is saved, over the compressed items; None without any."""
        return 1.0 - self.srec_bytes / self.picture_bytes if self.picture_bytes else None


def total(items: Iterable[Item]) -> Totals:
    """Add up `items`."""
    totals = Totals()
    pixels = done_pixels = 0.0
    picture_bytes = srec_bytes = compressed = expanded = 0
    for item in items:
        totals.counts[item.state] += 1
        weight = item.pixels or max(0, item.source_bytes) * _PIXELS_PER_BYTE
        if item.open:
            pixels += weight
            done_pixels += weight * item.fraction if item.state is State.RUNNING else 0.0
        elif item.state is State.LEFT:
            # That nothing is to be gained took as long to find out.
            pixels += weight
            done_pixels += weight
        elif item.state is State.DONE:
            pixels += weight
            done_pixels += weight
            if item.direction is Direction.EXPAND:
                expanded += 1
            else:
                compressed += 1
                picture_bytes += item.picture_bytes or 0
                srec_bytes += item.srec_bytes or 0
    return Totals(totals.counts, pixels, done_pixels, picture_bytes, srec_bytes, compressed, expanded)


class Rate:
    """Pixels per second over the last half minute, from samples of a growing sum."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque()

    def clear(self) -> None:
        """Forget the past, at the start of a batch."""
        self._samples.clear()

    def add(self, now: float, done_pixels: float) -> None:
        """Take a sample at the time `now` (seconds). A sum that shrank (rows removed, tried again) starts anew."""
        if self._samples and done_pixels < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((now, done_pixels))
        # Two samples stay even when they are old: a large picture may take longer than the window.
        while len(self._samples) > 2 and now - self._samples[1][0] > _WINDOW:
            self._samples.popleft()

    def seconds_left(self, pixels: float) -> float | None:
        """Time that `pixels` will take, or None while there is nothing to judge by."""
        if len(self._samples) < 2:
            return None
        (start, before), (end, after) = self._samples[0], self._samples[-1]
        if end - start < _SHORTEST or after <= before:
            return None
        return pixels * (end - start) / (after - before)
