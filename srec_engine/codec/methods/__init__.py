"""The ways for a `.srec` to hold a picture or the file it came from: one module each, called like its `Method`."""

from __future__ import annotations

from importlib import import_module

from srec_engine.codec.methods.method import Candidate, CannotHoldError, HoldingMethod
from srec_engine.options import Method
from srec_engine.reports import MethodWords

__all__ = ["BY_PREFERENCE", "Candidate", "CannotHoldError", "HoldingMethod", "holding_method", "method_words"]

BY_PREFERENCE = (*(method for method in Method if method is not Method.VERBATIM), Method.VERBATIM)
"""The methods in the order in which they are tried, and in which the first of two that need the same is taken: a file's
own bytes are the last resort."""


def holding_method(method: Method) -> HoldingMethod:
    """What does the work of a method. Only its own module is loaded."""
    found: HoldingMethod = import_module(f"{__name__}.{method.value}").METHOD
    return found


def method_words(method: Method) -> MethodWords:
    """What a method says of itself to people."""
    return holding_method(method).words
