"""What to do when a GPU's memory does not suffice: the same work on the CPU gives the same result, only later."""

from __future__ import annotations

import dataclasses
import logging

from srec_gui.engine import CPU, CodecOptions

__all__ = ["on_cpu_instead"]

logger = logging.getLogger(__name__)

# By name: torch is not imported here. Its libraries say it in their own words when their own scratch memory is missing.
_ERROR_NAME = "OutOfMemoryError"
_WORDS = ("out of memory", "ALLOC_FAILED")


def on_cpu_instead(error: Exception, options: CodecOptions) -> CodecOptions | None:
    """`options` for the CPU when `error` says that a GPU's memory did not suffice; None for every other error."""
    if options.device == CPU or isinstance(error, MemoryError):
        return None
    if type(error).__name__ != _ERROR_NAME and not any(words in str(error) for words in _WORDS):
        return None
    logger.warning("The GPU's memory did not suffice: %s", str(error).partition("\n")[0])
    return dataclasses.replace(options, device=CPU)
