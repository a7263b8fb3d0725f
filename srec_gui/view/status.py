"""The room's state in words, for the footer and for assistive programs. No widgets."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.view.document import Document, State
from srec_gui.view.folder import Sequel
from srec_gui.wording import pixel_size, share

__all__ = ["counter_text", "describe_view", "state_text"]

translate = QCoreApplication.translate


def counter_text(sequel: Sequel) -> str:
    """Position in the folder, as "7/120"; nothing for a file alone."""
    if len(sequel.paths) < 2 or sequel.index < 0:
        return ""
    locale = QLocale()
    return f"{locale.toString(sequel.index + 1)}/{locale.toString(len(sequel.paths))}"


def state_text(document: Document | None) -> tuple[str, float | None]:
    """What is going on, and which share of it is done (None when nothing is)."""
    if document is None or document.settled:
        return _size_text(document), None
    if document.picture is None:
        return translate("view", "Opening…"), 0.0
    if document.message:
        return document.message[:1].upper() + document.message[1:], document.fraction
    if document.fraction <= 0:
        return translate("view", "Coarse picture"), 0.0
    words = translate("view", "Sharpening… {share}")
    return words.format(share=share(document.fraction, 0)), document.fraction


def describe_view(document: Document | None, zoom: float) -> str:
    """The picture in words, for people who do not see it."""
    if document is None or document.picture is None:
        return translate("view", "No picture")
    picture = document.picture
    words = translate("view", "{name}, {size} pixels, shown at {zoom}.")
    text = words.format(name=document.path.name, size=pixel_size(picture.width, picture.height), zoom=share(zoom, 0))
    if document.state is State.DAMAGED:
        text += " " + " ".join(document.damage)
    elif not picture.exact:
        text += " " + translate("view", "A coarse picture; it is being refined.")
    return text


def _size_text(document: Document | None) -> str:
    if document is None or document.picture is None:
        return ""
    size = pixel_size(document.picture.width, document.picture.height)
    return f"{size} · {document.note}" if document.note else size
