"""What a JPEG's writer did otherwise than libjpeg does, where the standard leaves it free.

Bytes, none where there is nothing of the kind. Integers are LEB128. First, what fills the last byte of each restart
interval: 0 for ones, 1 for zeros, 2 for anything, and then a byte for each interval of each scan, the bits as a number.
Then for each scan that is odd: how many scans that are not are before it; by how much its longest run is shorter than
`LONGEST_RUN`; 1 if any number of refining bits may wait, else 0; how many cuts there are and the distance of each from
the one before, or from the first block; how many blocks have zero runs, and of each the distance and their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.errors import DamagedFileError
from srec_engine.jpeg.coefficients import COEFFICIENTS
from srec_engine.jpeg.scan_choices import LONGEST_RUN, MOST_BUFFERED, UNLIMITED, ScanChoices
from srec_engine.jpeg.scan_notes import Found, ScanNotes
from srec_engine.jpeg.scan_units import ScanUnits

__all__ = ["MAX_ODDITIES", "choices_of", "pack_oddities", "parse_oddities"]

MAX_ODDITIES = 1 << 16
"""Cuts and zero runs of all scans together."""

_ONES, _ZEROS, _ANYTHING = range(3)
_ALL_ONES = 0xFF
_NONE_CUT = np.empty(0, np.int64)
_NO_ZERO_RUNS = np.empty((0, 2), np.int64)


def choices_of(notes: ScanNotes) -> ScanChoices:
    """What a writer has to choose to write a scan again that was read.

    Raises:
        UnaccountedError: When there are too many oddities to remember.
    """
    tally = notes.tally
    if tally[Found.CUTS] > len(notes.cuts) or tally[Found.ZERO_RUNS] > len(notes.zero_runs):
        raise UnaccountedError("it was written in a way that is too odd")
    cuts = notes.cuts[: tally[Found.CUTS]]
    most_buffered = UNLIMITED if tally[Found.MOST_BUFFERED] > MOST_BUFFERED else MOST_BUFFERED
    cuts = cuts[(cuts[:, 1] != LONGEST_RUN) & (cuts[:, 2] <= most_buffered)]
    longest = int(tally[Found.LONGEST_RUN])
    # A writer with a limit of its own keeps to it more than once.
    if np.count_nonzero(cuts[:, 1] == longest) > 1:
        cuts = cuts[cuts[:, 1] != longest]
    else:
        longest = LONGEST_RUN
    return ScanChoices(
        longest, most_buffered, cuts[:, 0].copy(), notes.zero_runs[: tally[Found.ZERO_RUNS]].copy(), notes.padding
    )


def pack_oddities(scans: Sequence[ScanChoices], *, ones: bool, zeros: bool) -> bytes:
    """Write down what is odd about scans.

    Args:
        scans: All of them; the padding is that which `scan_reading` notes.
        ones: Whether it is all ones.
        zeros: Whether it is all zeros.

    Raises:
        UnaccountedError: When it is too much.
    """
    if sum(len(scan.cuts) + len(scan.zero_runs) for scan in scans) > MAX_ODDITIES:
        raise UnaccountedError("it was written in a way that is too odd")
    parts = [pack_integer(_ONES if ones else _ZEROS if zeros else _ANYTHING)]
    if not (ones or zeros):
        parts += [scan.padding.tobytes() for scan in scans]
    usual, before = len(parts), 0
    for scan in scans:
        packed = _packed_choices(scan)
        if packed:
            parts += [pack_integer(before), packed]
        before = 0 if packed else before + 1
    return b"" if ones and len(parts) == usual else b"".join(parts)


def _packed_choices(scan: ScanChoices) -> bytes:
    if scan.longest_run == LONGEST_RUN and scan.most_buffered != UNLIMITED and not len(scan.cuts) + len(scan.zero_runs):
        return b""
    numbers = [LONGEST_RUN - scan.longest_run, int(scan.most_buffered == UNLIMITED), len(scan.cuts)]
    numbers += np.diff(scan.cuts, prepend=0).tolist()
    numbers.append(len(scan.zero_runs))
    distances = np.diff(scan.zero_runs[:, 0], prepend=0)
    numbers += np.stack([distances, scan.zero_runs[:, 1]], axis=1).reshape(-1).tolist()
    return b"".join(pack_integer(number) for number in numbers)


def parse_oddities(data: bytes, scans: Sequence[ScanUnits], what: str) -> list[ScanChoices]:
    """Read what `pack_oddities` wrote.

    Args:
        data: Its bytes.
        scans: The data units of all scans.
        what: Names what they are a part of in messages.

    Raises:
        DamagedFileError: When it does not fit the scans.
    """
    cursor = Cursor(data, what)
    paddings = list(_paddings(cursor, scans, what))
    odd: dict[int, ScanChoices] = {}
    number, room = -1, MAX_ODDITIES
    while cursor.remaining:
        number += 1 + cursor.take_integer()
        if number >= len(scans):
            raise DamagedFileError(f"{what}: it tells of more scans than there are")
        odd[number] = _parsed_choices(cursor, scans[number].visits, room, paddings[number], what)
        room -= len(odd[number].cuts) + len(odd[number].zero_runs)
    usual = (ScanChoices(LONGEST_RUN, MOST_BUFFERED, _NONE_CUT, _NO_ZERO_RUNS, padding) for padding in paddings)
    return [odd.get(place, choices) for place, choices in enumerate(usual)]


def _paddings(cursor: Cursor, scans: Sequence[ScanUnits], what: str) -> Iterator[NDArray[np.uint8]]:
    kind = cursor.take_integer() if cursor.remaining else _ONES
    if kind > _ANYTHING:
        raise DamagedFileError(f"{what}: it tells of an unknown way to fill bytes")
    for scan in scans:
        if kind == _ANYTHING:
            # Kernels are compiled for arrays that can be written to.
            yield np.frombuffer(cursor.take(scan.intervals), np.uint8).copy()
        else:
            yield np.full(scan.intervals, _ALL_ONES if kind == _ONES else 0, np.uint8)


def _parsed_choices(cursor: Cursor, blocks: int, room: int, padding: NDArray[np.uint8], what: str) -> ScanChoices:
    shorter, unlimited = cursor.take_integer(), cursor.take_integer()
    if shorter >= LONGEST_RUN or unlimited > 1:
        raise DamagedFileError(f"{what}: it tells of runs that there cannot be")
    cuts = _taken(cursor, room, 1, what)
    zero_runs = _taken(cursor, room - len(cuts), 2, what)
    for places in (cuts[:, 0], zero_runs[:, 0]):
        # Each at most so many: their sum cannot overflow.
        if (places > blocks).any() or (np.cumsum(places) >= blocks).any() or (places[1:] == 0).any():
            raise DamagedFileError(f"{what}: it tells of blocks that there are not")
        places[:] = np.cumsum(places)
    if not ((zero_runs[:, 1] > 0) & (zero_runs[:, 1] < COEFFICIENTS)).all():
        raise DamagedFileError(f"{what}: it tells of zero runs that there cannot be")
    return ScanChoices(
        LONGEST_RUN - shorter, UNLIMITED if unlimited else MOST_BUFFERED, cuts[:, 0].copy(), zero_runs, padding
    )


def _taken(cursor: Cursor, room: int, width: int, what: str) -> NDArray[np.int64]:
    """A table with as many rows as the next integer says, all of which are there."""
    count = cursor.take_integer()
    if count * width > cursor.remaining or count > room:
        raise DamagedFileError(f"{what}: it tells of more odd blocks than there can be")
    return np.array([cursor.take_integer() for _ in range(count * width)], np.int64).reshape(count, width)
