"""The two colour schemes, each fact of a colour said once."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QPalette

__all__ = ["DARK", "LIGHT", "Colours", "colours"]


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one scheme, as "#rrggbb".

    Attributes:
        window, base, raised: Grounds: the window, lists and fields, buttons and bars.
        text, faint: Texts: normal, and what may be overlooked (4.5 : 1 on `window` and `base`).
        line, edge: Hairlines between areas; outlines of controls (3 : 1 is for what must be found to be used).
        accent, on_accent: Selection and progress, and text on it.
        link: Words in the accent's colour.
        good, warning, bad: States of rows.
    """

    window: str
    base: str
    raised: str
    text: str
    faint: str
    line: str
    edge: str
    accent: str
    on_accent: str
    link: str
    good: str
    warning: str
    bad: str


LIGHT = Colours(
    window="#f5f5f7",
    base="#ffffff",
    raised="#ffffff",
    text="#1d1f24",
    faint="#64686f",
    line="#dcdee3",
    edge="#b9bcc4",
    accent="#2a66d8",
    on_accent="#ffffff",
    link="#2358c0",
    good="#1e7b45",
    warning="#8f5a00",
    bad="#c02b2b",
)

DARK = Colours(
    window="#212226",
    base="#191a1d",
    raised="#2d2f34",
    text="#e8e9ec",
    faint="#9a9ea7",
    line="#36383e",
    edge="#5a5d66",
    accent="#3f78e6",
    on_accent="#ffffff",
    link="#8fb4ff",
    good="#62c48b",
    warning="#e0ab55",
    bad="#f0807c",
)


def colours() -> Colours:
    """The colours in use, told by the application's palette."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT
