"""How large a coefficient is; for numba kernels."""

from __future__ import annotations

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.context_mixing.layout import CONTEXTS, LARGE_MAGNITUDES, MAGNITUDES, WEIGHT_SETS, enter_context
from srec_engine.context_mixing.mixer import Mixer, code_bit, code_plain_bit
from srec_engine.context_mixing.outlook import Outlook
from srec_engine.context_mixing.quantisers import bit_length, classed

__all__ = ["LARGEST_MAGNITUDE", "code_magnitude"]

LARGEST_MAGNITUDE = 32767

_STARTS, _SIZES, _NODES, _ROWS = MAGNITUDES.starts, MAGNITUDES.sizes, MAGNITUDES.nodes, MAGNITUDES.rows
_REFINEMENTS = MAGNITUDES.refinements
_LARGE_STARTS, _LARGE_SIZES, _LARGE_NODES, _LARGE_ROWS = (
    LARGE_MAGNITUDES.starts,
    LARGE_MAGNITUDES.sizes,
    LARGE_MAGNITUDES.nodes,
    LARGE_MAGNITUDES.rows,
)
_LARGE_REFINEMENTS = LARGE_MAGNITUDES.refinements

_SMALL_LENGTH, _LAST_LENGTH = 3, 15
_TWO_OR_THREE = 3
_LENGTH_NODES, _TOP_BITS, _SECOND_BITS = 5, 5, 6
_DIAGONALS = 15


@inlined
def _enter(mixer: Mixer, place: int, index: int, value: int) -> None:
    enter_context(mixer.contexts, index, _STARTS, _SIZES, _NODES, place, value)


@inlined
def _enter_magnitude(mixer: Mixer, seen: Outlook, place: int, run: int, last: int) -> None:
    """Look the contexts of a magnitude up; `run` and `last`: zeros just before it, and the magnitude before."""
    gap, estimate = classed(seen.gap_size, 15), classed(seen.estimate_size, 15)
    first, second = classed(seen.first_size, 15), classed(seen.second_size, 15)
    around, within = classed(seen.around >> 3, 15), classed(seen.within, 15)
    rest = min(seen.rest, 31)
    share = min(16 * seen.rest // (64 - seen.place), 15)
    beside = classed(seen.above + seen.left, 15)
    everything = classed((seen.around >> 4) + seen.within + 2 * seen.second_size, 31)
    _enter(mixer, place, 0, gap * 16 + estimate)
    _enter(mixer, place, 1, rest * 8 + min(within >> 1, 7))
    _enter(mixer, place, 2, within * 16 + around)
    _enter(mixer, place, 3, beside * 16 + min(second, 7) * 2 + integer(seen.first_size > 0))
    _enter(mixer, place, 4, min(seen.estimate_size, 31) * 8 + min(rest >> 2, 7))
    _enter(mixer, place, 5, classed(seen.above, 15) * 16 + classed(seen.left, 15))
    _enter(mixer, place, 6, everything * 8 + min(rest >> 2, 7))
    _enter(mixer, place, 7, first * 16 + second)
    _enter(mixer, place, 8, estimate * 16 + within)
    _enter(mixer, place, 9, min(run, 7) * 32 + min(last, 7) * 4 + min(rest >> 3, 3))
    _enter(mixer, place, 10, classed(seen.lower_across >> 3, 15) * 16 + classed(seen.lower_down >> 3, 15))
    _enter(mixer, place, 11, share * 16 + classed(seen.beyond, 15))
    _enter(mixer, place, 12, share * 16 + around)
    _enter(mixer, place, 13, estimate * 16 + around)
    _enter(mixer, place, 14, classed(seen.nearby >> 3, 15) * 16 + classed(seen.first_size + seen.second_size, 15))


@inlined
def _choose_rows(mixer: Mixer, seen: Outlook, kind: int, around: int) -> None:
    place = seen.place
    zone = integer(place >= 4) + integer(place >= 11) + integer(place >= 28)
    circumstances = kind * 32 + around * 2 + integer(seen.estimate_size > 3)
    mixer.rows[0] = _ROWS[0] + ((kind << 6) + seen.frequency) * _NODES
    mixer.rows[1] = _ROWS[1] + (circumstances * 4 + zone) * _NODES
    mixer.rows[2] = _ROWS[2] + (min(seen.rest, 15) * 16 + ((64 - place) >> 2)) * _NODES


@inlined
def _turn_to_large(mixer: Mixer, place: int, large_place: int) -> None:
    """From the contexts and weights of magnitudes below 4 to those of larger ones: the same values, other tables."""
    contexts = mixer.contexts
    for index in range(CONTEXTS):
        value = (contexts[index] - _STARTS[index]) // _NODES - place * _SIZES[index]
        contexts[index] = _LARGE_STARTS[index] + (large_place * _LARGE_SIZES[index] + value) * _LARGE_NODES
    for chosen in range(WEIGHT_SETS):
        mixer.rows[chosen] = _LARGE_ROWS[chosen] + (mixer.rows[chosen] - _ROWS[chosen]) // _NODES * _LARGE_NODES


@inlined
def _code_large(mixer: Mixer, size: int, refinement: int) -> int:
    """Code a magnitude of which it is known that it is 4 at least: more bits of its length, two more bits, the rest."""
    length = bit_length(size)
    found = integer(_SMALL_LENGTH)
    while found < _LAST_LENGTH:
        node = min(found - _SMALL_LENGTH, _LENGTH_NODES - 1)
        if code_bit(mixer, integer(length > found), node, refinement + node) == 0:
            break
        found += 1
    size_found = integer(1)
    longer = min(found - _SMALL_LENGTH, 2)
    for shift in range(found - 2, -1, -1):
        bit = size >> shift & 1
        if shift == found - 2:
            node = _TOP_BITS + (integer(0) if longer == 0 else 2 * longer + 1)
            bit = code_bit(mixer, bit, node, refinement + node)
        elif shift == found - 3:
            node = _SECOND_BITS + (size_found & 1 if longer == 0 else 2 * longer + 1)
            bit = code_bit(mixer, bit, node, refinement + node)
        else:
            bit = code_plain_bit(mixer, bit)
        size_found = 2 * size_found + bit
    return size_found


@inlined
def code_magnitude(mixer: Mixer, size: int, seen: Outlook, kind: int, run: int, last: int) -> int:
    """Code a magnitude: bits of its length one after the other, then what is left of it.

    Args:
        mixer: What predicts.
        size: What to write, 0 to `LARGEST_MAGNITUDE`.
        seen: What is known.
        kind: Of the component.
        run: Zeros just before it in the block.
        last: The magnitude before.

    Returns:
        The magnitude.
    """
    place = (min(kind, 1) << 6) + seen.frequency
    around = classed(seen.around >> 3, 15)
    _enter_magnitude(mixer, seen, place, run, last)
    _choose_rows(mixer, seen, kind, around)
    group = kind * 32 + classed(seen.estimate_size, 15) * 2 + integer(around > 3)
    refinement = _REFINEMENTS + group * _NODES
    length = bit_length(size)
    # Where as many are to come as there are places left, none is zero.
    found = integer(0) if seen.rest < 64 - seen.place else integer(1)
    while found < _SMALL_LENGTH:
        if code_bit(mixer, integer(length > found), found, refinement + found) == 0:
            break
        found += 1
    if found < 2:
        return found
    if found == 2:
        return 2 + code_bit(mixer, size & 1, _TWO_OR_THREE, refinement + _TWO_OR_THREE)
    diagonal = (seen.frequency & 7) + (seen.frequency >> 3)
    _turn_to_large(mixer, place, min(kind, 1) * _DIAGONALS + diagonal)
    return _code_large(mixer, size, _LARGE_REFINEMENTS + group * _LARGE_NODES)
