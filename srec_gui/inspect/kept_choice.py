"""Layers and range from one start of the program to the next. Samples, channel and scale belong to a file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from srec_gui.analysis import Layer
from srec_gui.inspect.choice import Chooser, RangeMode
from srec_gui.settings import Settings

__all__ = ["keep_choice", "restore_choice"]


def restore_choice(chooser: Chooser, settings: Settings) -> None:
    """Choose what was kept; what is no layer or range is left as it is."""
    kept: dict[str, Any] = {}
    before = chooser.choice
    with suppress(ValueError):
        kept["left"] = replace(before.left, layer=Layer(settings.inspect_left))
    with suppress(ValueError):
        kept["right"] = replace(before.right, layer=Layer(settings.inspect_right))
    with suppress(ValueError):
        kept["range_mode"] = RangeMode(settings.inspect_range)
    chooser.choose(**kept)


def keep_choice(chooser: Chooser, settings: Settings) -> None:
    """Keep the choice."""
    choice = chooser.choice
    settings.inspect_left = choice.left.layer.value
    settings.inspect_right = choice.right.layer.value
    settings.inspect_range = choice.range_mode.value
