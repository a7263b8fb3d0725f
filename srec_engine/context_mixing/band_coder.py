"""The two streams of a band: the means of all components; their other coefficients, component by component."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import kernel
from srec_engine.context_mixing.bands import CoefficientError, ComponentShape
from srec_engine.context_mixing.binary_coder import (
    ENCODING,
    POSITION,
    STATE_LENGTH,
    begin_coding,
    finish_encoding,
    has_run_out,
)
from srec_engine.context_mixing.blocks import code_blocks
from srec_engine.context_mixing.companions import NO_COMPANION, Companion, companion_means, companion_of
from srec_engine.context_mixing.estimates import FEATURES, border_gains
from srec_engine.context_mixing.layout import CONTEXTS, INPUTS, WEIGHT_SETS
from srec_engine.context_mixing.logistic import costs_of_bits, probabilities_of_logits, stretched_logits
from srec_engine.context_mixing.means import MEAN_BIASES, MEAN_FEATURES, MeanPlane, code_means
from srec_engine.context_mixing.mixer import Mixer, learning_rates
from srec_engine.context_mixing.planes import COUNT_FEATURES, BlockPlane, BlockRoom, Estimator
from srec_engine.context_mixing.tables import KINDS, StreamTables

__all__ = ["BandRecord", "code_band_blocks", "code_band_means"]

_NO_MEANS: NDArray[np.int64] = np.zeros((0, 1), np.int64)
_NO_COSTS: NDArray[np.int32] = np.zeros((0, 1, 64), np.int32)
_NO_ESTIMATES: NDArray[np.int16] = np.zeros((0, 1, 64), np.int16)

_NEIGHBOURING = (1, 8, 9, 2, 16, 7, -7)
"""How far before a frequency those lie that are known and near it."""
_RATIO_ONE, _RATIO_LIMIT = 16, 255

_SPARE_BYTES = 1 << 12
_BYTES_OF_A_COEFFICIENT = 4


@dataclass(frozen=True, slots=True)
class BandRecord:
    """Where costs, int32, and estimates, int16, of each component's blocks (rows, columns, 64) are written down."""

    costs: Sequence[NDArray[np.int32]]
    estimates: Sequence[NDArray[np.int16]]


def code_band_means(
    parts: Sequence[NDArray[np.int16]],
    shapes: Sequence[ComponentShape],
    tables: StreamTables,
    mode: int,
    stream: bytes,
    record: BandRecord | None = None,
) -> bytes:
    """Write or read the means of a band.

    Args:
        parts: int16 (rows, columns, 64) each, the band's blocks; those that are read are filled in.
        shapes: Of the whole components.
        tables: What was learned of such streams, changed.
        mode: `ENCODING`, `DECODING` or `RECORDING`.
        stream: What to read.
        record: What is written down when recording.

    Returns:
        The stream.

    Raises:
        CoefficientError: When writing, that they are noise; when reading, that there are too few bytes for them, which
            no writer leaves.
    """

    def code(mixer: Mixer) -> None:
        for index, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
            first = _means_seen(parts[0], shapes[0], part, shape) if index > 0 else _NO_MEANS
            second = _means_seen(parts[index - 1], shapes[index - 1], part, shape) if index > 1 else _NO_MEANS
            means = part[:, :, 0].astype(np.int64)
            plane = _mean_plane(min(index, KINDS - 1), means, first, second, tables)
            if record is not None:
                plane = plane._replace(costs=record.costs[index], estimates=record.estimates[index])
            code_means(mixer, plane)
            part[:, :, 0] = means

    return _coded(code, parts, tables, mode, stream)


def code_band_blocks(
    parts: Sequence[NDArray[np.int16]],
    shapes: Sequence[ComponentShape],
    tables: StreamTables,
    mode: int,
    stream: bytes,
    record: BandRecord | None = None,
) -> bytes:
    """Write or read all coefficients of a band but the means, which are there. Arguments as `code_band_means`."""

    def code(mixer: Mixer) -> None:
        for index, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
            first = _seen(parts[0], shapes[0], part, shape) if index > 0 else NO_COMPANION
            second = _seen(parts[index - 1], shapes[index - 1], part, shape) if index > 1 else NO_COMPANION
            kind = min(index, KINDS - 1)
            costs = _NO_COSTS if record is None else record.costs[index]
            estimates = _NO_ESTIMATES if record is None else record.estimates[index]
            steps = shape.quantization.astype(np.int64)
            plane = BlockPlane(
                part, steps, kind, first.blocks, second.blocks, first.counts, second.counts,
                border_gains(steps), _ratios(steps), costs, estimates,
            )  # fmt: skip
            code_blocks(mixer, plane, _block_room(part.shape, kind, tables))

    return _coded(code, parts, tables, mode, stream)


def _coded(
    code: Callable[[Mixer], None], parts: Sequence[NDArray[np.int16]], tables: StreamTables, mode: int, stream: bytes
) -> bytes:
    """Run a coder over one stream."""
    if mode != ENCODING:
        mixer = _mixer(tables, np.frombuffer(bytearray(stream), np.uint8), mode)
        code(mixer)
        if _ran_out(mixer.state, mixer.data):
            raise CoefficientError("its stream ends before its coefficients do")
        return stream
    # More than any photograph needs; what has no room is missed below.
    room = _SPARE_BYTES + sum(part.size for part in parts) * _BYTES_OF_A_COEFFICIENT
    mixer = _mixer(tables, np.empty(room, np.uint8), mode)
    code(mixer)
    _finish(mixer.state, mixer.data)
    if mixer.state[POSITION] > room:
        raise CoefficientError("its coefficients are noise")
    return bytes(mixer.data[: mixer.state[POSITION]])


def _mixer(tables: StreamTables, data: NDArray[np.uint8], mode: int) -> Mixer:
    mixer = Mixer(
        tables.slots,
        tables.weights,
        tables.refinements,
        np.zeros(CONTEXTS, np.int64),
        np.zeros(WEIGHT_SETS, np.int64),
        np.zeros(INPUTS, np.int32),
        stretched_logits(),
        probabilities_of_logits(),
        learning_rates(),
        costs_of_bits(),
        np.zeros(STATE_LENGTH, np.int64),
        data,
    )
    _begin(mixer.state, mixer.data, mode)
    return mixer


@kernel
def _begin(state: NDArray[np.int64], data: NDArray[np.uint8], mode: int) -> None:
    begin_coding(state, data, mode)


@kernel
def _ran_out(state: NDArray[np.int64], data: NDArray[np.uint8]) -> bool:
    return has_run_out(state, data)


@kernel
def _finish(state: NDArray[np.int64], data: NDArray[np.uint8]) -> None:
    finish_encoding(state, data)


def _mean_plane(
    kind: int,
    means: NDArray[np.int64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    tables: StreamTables,
) -> MeanPlane:
    lines = (2, means.shape[1] + 3)
    (weights,) = tables.predictors
    quick, slow = weights[kind]
    features, biases = np.zeros(MEAN_FEATURES, np.int64), np.zeros(MEAN_BIASES, np.int64)
    errors, signed = np.zeros(lines, np.int64), np.zeros(lines, np.int64)
    room = (features, errors, signed, biases)
    return MeanPlane(means, first, second, kind, quick, slow, *room, _NO_COSTS, _NO_ESTIMATES)


def _block_room(shape: tuple[int, ...], kind: int, tables: StreamTables) -> BlockRoom:
    rows, columns, _ = shape
    framed = (rows + 1, columns + 2)
    counts, estimates = tables.predictors
    return BlockRoom(
        counts=np.zeros(framed, np.int64),
        misses=np.zeros(framed, np.int64),
        count_weights=counts[kind],
        count_features=np.zeros(COUNT_FEATURES, np.int64),
        bottoms=np.zeros((columns, 2, 8), np.int32),
        right=np.zeros((2, 8), np.int32),
        products=np.zeros((2, columns + 2, 2, 2), np.int64),
        gap_above=np.zeros(8, np.int64),
        gap_left=np.zeros(8, np.int64),
        values=np.zeros(64, np.int32),
        line=np.zeros(8, np.int32),
        sizes=np.zeros(64, np.int64),
        nothing=np.zeros(64, np.int16),
        estimator=Estimator(estimates[kind], np.zeros(FEATURES, np.int64)),
    )


def _ratios(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Steps of the frequencies near each against its own, int64 (64, 7), in units of 1/16, 1 to 255."""
    found = np.zeros((len(steps), len(_NEIGHBOURING)), np.int64)
    for frequency, step in enumerate(steps):
        for index, distance in enumerate(_NEIGHBOURING):
            if 0 <= frequency - distance < len(steps):
                found[frequency, index] = (2 * _RATIO_ONE * steps[frequency - distance] + step) // (2 * step)
    return np.clip(found, 1, _RATIO_LIMIT)


def _means_seen(
    source: NDArray[np.int16], shape: ComponentShape, part: NDArray[np.int16], other: ComponentShape
) -> NDArray[np.int64]:
    return companion_means(source[:, :, 0], int(shape.quantization[0]), part.shape, int(other.quantization[0]))


def _seen(
    source: NDArray[np.int16], shape: ComponentShape, part: NDArray[np.int16], other: ComponentShape
) -> Companion:
    steps, other_steps = shape.quantization.astype(np.int64), other.quantization.astype(np.int64)
    return companion_of(source, steps, part.shape, other_steps)
