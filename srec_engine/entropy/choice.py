"""Which implementation of the entropy coder is used."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np

from srec_engine.entropy.fixed_point import (
    CHANNELS,
    EXPONENTIAL_ENTRIES,
    EXPONENTIAL_ONE,
    REMAINDER_SYMBOLS,
    SIGMOID_ENTRIES,
    SIGMOID_HALF,
)
from srec_engine.entropy.messages import INSTALL_ADVICE
from srec_engine.entropy.steps import EntropyCoder, RemainderStep
from srec_engine.entropy.tables import DistributionTables
from srec_engine.errors import MissingDependencyError

__all__ = ["CODER_NAMES", "choose_coder"]

CODER_NAMES = ("auto", "numba", "torchac")
"""What `choose_coder` takes: "auto" prefers the fast one."""

_KNOWN_ANSWER = bytes.fromhex("23bc8c5840e3ea5ac380e67fb07180")

_log = logging.getLogger(__name__)


def choose_coder(preference: str = "auto", notify: Callable[[str], None] | None = None) -> EntropyCoder:
    """The fastest implementation that works on this machine. Both make and read the same bytes.

    Args:
        preference: One of `CODER_NAMES`.
        notify: Is told, from the thread that codes, when something has to be compiled that no earlier run left on disk.

    Raises:
        MissingDependencyError: What was asked for does not work here; the message says what to install.
        ValueError: The preference is not one of `CODER_NAMES`.
    """
    if preference not in CODER_NAMES:
        raise ValueError(f"{preference!r} is not an entropy coder: choose one of {', '.join(CODER_NAMES)}.")
    names = CODER_NAMES[1:] if preference == "auto" else (preference,)
    problems = []
    for name in names:
        try:
            coder = _create(name, notify)
            _check(coder)
        # Whatever goes wrong inside a compiler that is broken or half installed, the other coder may still work.
        except Exception as error:  # noqa: BLE001
            _log.info("The entropy coder %s does not work here", name, exc_info=True)
            problems.append(f"{name}: {str(error).strip() or type(error).__name__}")
        else:
            return coder
    raise MissingDependencyError(f"No entropy coder works on this machine ({'; '.join(problems)}). {INSTALL_ADVICE}")


def _create(name: str, notify: Callable[[str], None] | None) -> EntropyCoder:
    if name == "numba":
        from srec_engine.entropy.numba_coder import NumbaCoder

        return NumbaCoder(notify)
    from srec_engine.entropy.torchac_coder import TorchacCoder

    return TorchacCoder(notify)


def _check(coder: EntropyCoder) -> None:
    """Code something whose bytes are known, and decode it again."""
    side = 4
    places = np.arange(side * side * CHANNELS)
    symbols = (places * 7 % 11 % REMAINDER_SYMBOLS).astype(np.uint8).reshape(side, side, CHANNELS)
    logits = np.arange(side * side * CHANNELS * REMAINDER_SYMBOLS, dtype=np.float32) * 37 % 101
    step = RemainderStep(
        tables=_plain_tables(),
        logits=logits.reshape(side, side, CHANNELS * REMAINDER_SYMBOLS),
        couplings=np.arange(48, dtype=np.int32).reshape(3, REMAINDER_SYMBOLS, REMAINDER_SYMBOLS),
        low_resolution=np.full((side, side, CHANNELS), 128, np.uint8),
        height=side,
        width=side,
    )
    decoded = np.zeros_like(symbols)
    streams = b""
    ends = True
    for channel in range(CHANNELS):
        stream = coder.encode_remainders(step, channel, symbols).data
        ends &= coder.decode_remainders(step, channel, stream, decoded)
        streams += stream
    if streams != _KNOWN_ANSWER or not ends or not np.array_equal(decoded, symbols):
        raise RuntimeError(f"it computes {streams.hex()} where {_KNOWN_ANSWER.hex()} is right")


def _plain_tables() -> DistributionTables:
    """Tables that are made in no time: straight lines."""
    return DistributionTables(
        sigmoid=(SIGMOID_HALF + 341 * np.arange(SIGMOID_ENTRIES)).astype(np.int32),
        exponential=(EXPONENTIAL_ONE - 85 * np.arange(EXPONENTIAL_ENTRIES)).astype(np.int32),
        inverse_scale=np.ones(1, np.int64),
        log_scale_minimum=0,
    )
