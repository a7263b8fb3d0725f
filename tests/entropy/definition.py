"""The distributions once more, word for word from their description, in Python's unbounded integers: slow and plain."""

from __future__ import annotations

import math

import numpy as np

from srec_engine.entropy import PixelStep, RemainderStep


def pixel_boundaries(step: PixelStep, channel: int, values: np.ndarray, row: int, column: int) -> dict[int, int]:
    """Cumulative frequency at each boundary from the lowest possible value to the highest + 1."""
    components, parameters = step.components, step.parameters[row, column]
    first = 3 * components * channel
    logits = [fixed(parameters[first + k], 2**13) for k in range(components)]
    own = [fixed(parameters[first + components + k], 2**17) for k in range(components)]
    before = [int(value) for value in values[row, column, :channel]]
    if step.linear is None:
        means = absolute_means(step, channel, own, before, parameters)
    else:
        mean = relative_mean(step, channel, before, parameters, step.linear[row, column], step.remaining[row, column])
        means = [mean + one for one in own]
    scales = [fixed(parameters[first + 2 * components + k], 2**13) for k in range(components)]
    if step.linear is not None and len(parameters) == 9 * components + 6:
        scales = [scale + fixed(parameters[9 * components + 3 + channel], 2**13) for scale in scales]
    weights = [weight(step, max(logits) - logit) for logit in logits]

    def below(v: int) -> int:
        if v <= 0:
            return 0
        if v >= 256:
            return 2**22 * sum(weights)
        return sum(w * sigmoid(step, (2 * v - 1) * 128 - m, s) for w, m, s in zip(weights, means, scales, strict=True))

    total = int(step.remaining[row, column, channel])
    lowest, highest = max(0, total - 255 * (step.left - 1)), min(255, total)
    count = highest - lowest + 1
    inside = below(highest + 1) - below(lowest)
    return {
        v: (
            (below(v) - below(lowest)) * (65536 - count) // inside
            if inside
            else (v - lowest) * (65536 - count) // count
        )
        + (v - lowest)
        for v in range(lowest, highest + 2)
    }


def relative_mean(
    step: PixelStep, channel: int, before: list[int], parameters: np.ndarray, linear: np.ndarray, sums: np.ndarray
) -> int:
    """What relative means count from."""

    def predicted(c: int) -> int:
        return (int(sums[c]) * 256 + step.left // 2) // step.left + int(linear[c])

    mean = predicted(channel)
    for known, value in enumerate(before):
        coefficient = fixed(parameters[9 * step.components + (channel - 1) + known], 2**12)
        mean += (coefficient * (256 * value - predicted(known))) >> 8
    return mean


def absolute_means(
    step: PixelStep, channel: int, own: list[int], before: list[int], parameters: np.ndarray
) -> list[int]:
    """Absolute means, shifted by a share of each channel before."""
    means = []
    for k, mean in enumerate(own):
        for known, value in enumerate(before):
            pair = (channel - 1) + known
            logit = fixed(parameters[(9 + pair) * step.components + k], 2**13)
            upper = int(step.tables.sigmoid[min(abs(logit), len(step.tables.sigmoid) - 1)])
            mean += ((upper if logit >= 0 else 2**22 - upper) * value) // 2**14
        means.append(min(max(mean, 0), 255 * 256))
    return means


def remainder_boundaries(
    step: RemainderStep, channel: int, symbols: np.ndarray, row: int, column: int
) -> dict[int, int]:
    """Cumulative frequency at each boundary from the lowest possible symbol to the highest + 1."""
    grey = int(step.low_resolution[row, column, channel])
    possible = [1, 2, 3] if grey == 0 else [0, 1] if grey == 255 else [0, 1, 2, 3]
    logits = {}
    for symbol in possible:
        logits[symbol] = fixed(step.logits[row, column, 4 * channel + symbol], 2**13)
        for known in range(channel):
            pair = (channel - 1) + known
            logits[symbol] += int(step.couplings[pair, int(symbols[row, column, known]), symbol])
            if step.logits.shape[2] == 15:
                product = (int(symbols[row, column, known]) - 1) * (symbol - 1)
                logits[symbol] += fixed(step.logits[row, column, 12 + pair], 2**13) * product
    weights = {symbol: weight(step, max(logits.values()) - logits[symbol]) for symbol in possible}
    total = sum(weights.values())
    boundaries, running = {possible[0]: 0}, 0
    for index, symbol in enumerate(possible):
        running += weights[symbol]
        boundaries[symbol + 1] = running * (65536 - len(possible)) // total + index + 1
    return boundaries


def fixed(value: float, limit: int) -> int:
    """Half to even, clamped; what is not a number is the lower limit."""
    number = float(value)
    if math.isnan(number) or number <= -limit:
        return -limit
    return limit if number >= limit else round(number)


def weight(step: PixelStep | RemainderStep, distance: int) -> int:
    table = step.tables.exponential
    return int(table[distance]) if distance < len(table) else 0


def sigmoid(step: PixelStep, distance: int, log_scale: int) -> int:
    tables = step.tables
    log_scale = min(max(log_scale, tables.log_scale_minimum), tables.log_scale_maximum)
    inverse = int(tables.inverse_scale[log_scale - tables.log_scale_minimum])
    value = int(tables.sigmoid[min((abs(distance) * inverse) >> 20, len(tables.sigmoid) - 1)])
    return value if distance >= 0 else 2**22 - value
