"""What a coder has learned: empty, as it ships with the program, and as it is kept in a file.

A file of tables holds two parts, of the streams of means and of the others, each with its length in LEB128 before it:
a picture at an eighth needs the first of them alone. A part is one LZMA stream (`container.compression`): a bit for
each slot, whether it is kept; the probability of each that is; the weights; the last tables; the weights of the
predictors. Files are named by a number that stands in whatever was coded with them, and stay with the program for ever.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.container.compression import lzma_compress, lzma_decompress
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.context_mixing.estimates import first_weights
from srec_engine.context_mixing.layout import BLOCK_TABLES, CONTEXTS, INPUTS, MEAN_TABLES, TableSizes
from srec_engine.context_mixing.logistic import LOGIT_LIMIT, PROBABILITY_BITS, probabilities_of_logits
from srec_engine.context_mixing.means import MEAN_FEATURES
from srec_engine.context_mixing.mixer import COUNT_BITS, COUNT_MASK, FIRST_WEIGHT, REFINEMENT_STEPS, SLOT_BITS
from srec_engine.context_mixing.planes import COUNT_FEATURES
from srec_engine.errors import DamagedFileError
from srec_engine.resources import resource_path

__all__ = [
    "CURRENT_TABLES",
    "EMPTY_TABLES",
    "CoderTables",
    "StreamTables",
    "empty_tables",
    "packed_tables",
    "shipped_block_tables",
    "shipped_mean_tables",
    "unpacked_block_tables",
    "unpacked_mean_tables",
]

CURRENT_TABLES = 1
"""Number of the tables that are coded with."""

EMPTY_TABLES = 0
"""Number of no tables at all."""

KINDS = 3
"""Kinds of components: the first, the second, all others."""

_SLOT_SHIFT = SLOT_BITS - PROBABILITY_BITS + COUNT_BITS
_LEAST_COUNT = 60
"""What was seen less often is not kept in a file."""
_KEPT_COUNT = 24
"""As often as this a slot of a file is taken to have been seen: firmly, but it gives way to the picture at hand."""
_CODES, _CODE_LOGITS = 129, 36
"""A file keeps probabilities by their logits, so many of them, in steps of so many of their units."""
_WEIGHT_SHIFT = 4
_MEAN_WEIGHTS = (40_000, -20_000, 16_000)
_COUNT_WEIGHTS = (20_000, 20_000, 2_000, 10_000)
_PREDICTOR_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class StreamTables:
    """All that the coder of one kind of stream learns, and that a next one may begin with.

    Attributes:
        slots: uint32 (slots,), probabilities (22 bits) and counts (10 bits).
        weights: int32 (rows, 16), in units of 2⁻¹⁶.
        refinements: int32 (rows, 33), in units of 2⁻¹⁶.
        predictors: int64 weights of linear predictors, for each kind of component. Of means: (3, 2, 21), the quick one
            and the slow one. Of blocks: (3, 12) of counts, and (3, 64, 9) of values.
    """

    slots: NDArray[np.uint32]
    weights: NDArray[np.int32]
    refinements: NDArray[np.int32]
    predictors: tuple[NDArray[np.int64], ...]

    def copied(self) -> StreamTables:
        """The same, to be changed."""
        predictors = tuple(predictor.copy() for predictor in self.predictors)
        return StreamTables(self.slots.copy(), self.weights.copy(), self.refinements.copy(), predictors)


@dataclass(frozen=True, slots=True)
class CoderTables:
    """What the coders of both kinds of streams learn."""

    means: StreamTables
    blocks: StreamTables


def empty_tables() -> CoderTables:
    """Nothing learned: every bit is as likely as the other, and all weights are a tenth."""
    return CoderTables(_empty(MEAN_TABLES, _first_of_means()), _empty(BLOCK_TABLES, _first_of_blocks()))


def _first_of_means() -> tuple[NDArray[np.int64], ...]:
    """Weights of the predictors of means before anything was learned."""
    means = np.zeros((KINDS, 2, MEAN_FEATURES), np.int64)
    means[:, :, : len(_MEAN_WEIGHTS)] = _MEAN_WEIGHTS
    return (means,)


def _first_of_blocks() -> tuple[NDArray[np.int64], ...]:
    """Weights of the predictors of counts and of values before anything was learned."""
    counts = np.zeros((KINDS, COUNT_FEATURES), np.int64)
    counts[:, : len(_COUNT_WEIGHTS)] = _COUNT_WEIGHTS
    return counts, np.stack([first_weights()] * KINDS)


def _empty(sizes: TableSizes, predictors: tuple[NDArray[np.int64], ...]) -> StreamTables:
    weights = np.full((sizes.rows, INPUTS), FIRST_WEIGHT, np.int32)
    weights[:, CONTEXTS] = 0
    logits = np.clip((np.arange(REFINEMENT_STEPS) - REFINEMENT_STEPS // 2) * 128, -LOGIT_LIMIT, LOGIT_LIMIT)
    refinements = np.tile(probabilities_of_logits()[logits + LOGIT_LIMIT].astype(np.int32), (sizes.refinements, 1))
    return StreamTables(np.full(sizes.slots, 1 << 31, np.uint32), weights, refinements, predictors)


@functools.cache
def shipped_mean_tables(number: int) -> StreamTables:
    """Tables for means that ship with the program, not to be changed.

    Raises:
        DamagedFileError: When there are none of this number, or their file is damaged.
    """
    if number == EMPTY_TABLES:
        return _empty(MEAN_TABLES, _first_of_means())
    return unpacked_mean_tables(*_shipped(number))


@functools.cache
def shipped_block_tables(number: int) -> StreamTables:
    """Tables for all other coefficients. Raises as `shipped_mean_tables`."""
    return (
        _empty(BLOCK_TABLES, _first_of_blocks()) if number == EMPTY_TABLES else unpacked_block_tables(*_shipped(number))
    )


def _shipped(number: int) -> tuple[bytes, str]:
    path = resource_path("jpeg", f"coefficients-{number}.tables")
    try:
        return path.read_bytes(), str(path)
    except FileNotFoundError as error:
        raise DamagedFileError(
            f"This JPEG was packed with tables that this program does not have (number {number}). "
            "A newer version of the program may have them."
        ) from error
    except OSError as error:
        reason = error.strerror or error
        raise DamagedFileError(f"{path} cannot be read: {reason}. Install the program again.") from error


def packed_tables(tables: CoderTables) -> bytes:
    """Tables as a file keeps them, rounded: what is unpacked is what is coded with."""
    parts = [_packed(part) for part in (tables.means, tables.blocks)]
    return b"".join(pack_integer(len(part)) + part for part in parts)


def _packed(tables: StreamTables) -> bytes:
    kept = (tables.slots & COUNT_MASK) >= _LEAST_COUNT
    codes = np.searchsorted(_code_borders(), tables.slots[kept] >> _SLOT_SHIFT, "right").astype(np.uint8)
    weights = np.clip((tables.weights + (1 << _WEIGHT_SHIFT >> 1)) >> _WEIGHT_SHIFT, -32768, 32767)
    parts = (
        np.packbits(kept),
        codes,
        weights.astype("<i2"),
        tables.refinements.astype("<u2"),
        *(predictor.astype("<i4") for predictor in tables.predictors),
    )
    return lzma_compress(b"".join(part.tobytes() for part in parts), literal_context_bits=0)


def unpacked_mean_tables(data: bytes, what: str) -> StreamTables:
    """The tables for means of what `packed_tables` returned.

    Raises:
        DamagedFileError: When they cannot be read; `what` names the file.
    """
    return _unpacked(data, 0, MEAN_TABLES, _first_of_means(), what)


def unpacked_block_tables(data: bytes, what: str) -> StreamTables:
    """The tables for all other coefficients. Arguments and errors as `unpacked_mean_tables`."""
    return _unpacked(data, 1, BLOCK_TABLES, _first_of_blocks(), what)


def _unpacked(
    data: bytes, index: int, sizes: TableSizes, predictors: tuple[NDArray[np.int64], ...], what: str
) -> StreamTables:
    file = Cursor(data, what)
    for _ in range(index):
        file.take(file.take_integer())
    limit = 2 * sizes.slots + 2 * (sizes.rows * INPUTS + sizes.refinements * REFINEMENT_STEPS) + _PREDICTOR_BYTES
    part = file.take(file.take_integer())
    cursor = Cursor(lzma_decompress(part, limit, what, literal_context_bits=0), what)
    bits = np.frombuffer(cursor.take(-(-sizes.slots // 8)), np.uint8)
    kept = np.unpackbits(bits, count=sizes.slots).astype(np.bool_)
    codes = np.frombuffer(cursor.take(int(np.count_nonzero(kept))), np.uint8)
    if codes.size and int(codes.max()) >= _CODES:
        raise DamagedFileError(f"{what} is damaged: it has a probability that there is not.")
    slots = np.full(sizes.slots, 1 << 31, np.uint32)
    slots[kept] = _code_probabilities()[codes].astype(np.uint32) << _SLOT_SHIFT | _KEPT_COUNT

    def taken(shape: tuple[int, ...], kind: str) -> NDArray[np.int64]:
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        return np.frombuffer(cursor.take(size), kind).reshape(shape).astype(np.int64)

    weights = (taken((sizes.rows, INPUTS), "<i2") << _WEIGHT_SHIFT).astype(np.int32)
    refinements = taken((sizes.refinements, REFINEMENT_STEPS), "<u2").astype(np.int32)
    learned = tuple(taken(first.shape, "<i4") for first in predictors)
    if cursor.remaining:
        raise DamagedFileError(f"{what} is damaged: {cursor.remaining} bytes of it are left over.")
    return StreamTables(slots, weights, refinements, learned)


def _code_probabilities() -> NDArray[np.int32]:
    """What the codes of a file stand for, in units of 2⁻¹⁶, rising."""
    return probabilities_of_logits()[LOGIT_LIMIT + _CODE_LOGITS * (np.arange(_CODES) - _CODES // 2)]


def _code_borders() -> NDArray[np.int32]:
    values = _code_probabilities()
    borders: NDArray[np.int32] = (values[1:] + values[:-1]) // 2
    return borders
