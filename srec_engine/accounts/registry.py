"""Which reader accounts for a file. A format has one line here; what has none is kept as its bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from srec_engine.accounts.account import Account, UnaccountedError
from srec_engine.accounts.bmp import account_of_bmp
from srec_engine.accounts.gif import account_of_gif
from srec_engine.accounts.jpeg import reason_for_jpeg
from srec_engine.accounts.png import PNG_SIGNATURE, account_of_png
from srec_engine.accounts.pnm import account_of_pnm
from srec_engine.accounts.qoi import account_of_qoi
from srec_engine.accounts.tga import account_of_tga
from srec_engine.accounts.tiff import account_of_tiff, is_tiff
from srec_engine.accounts.webp import account_of_webp

__all__ = ["ACCOUNTED_FORMATS", "account_of"]

_READERS: Mapping[str, Callable[[bytes], Account]] = MappingProxyType(
    {
        "PNG": account_of_png,
        "TIFF": account_of_tiff,
        "BMP": account_of_bmp,
        "WEBP": account_of_webp,
        "PPM": account_of_pnm,
        "GIF": account_of_gif,
        "QOI": account_of_qoi,
        "TGA": account_of_tga,
    }
)

ACCOUNTED_FORMATS = frozenset(_READERS)
"""Formats, by Pillow's names, of which each byte is known."""

_JPEGS = ("JPEG", "MPO")


def account_of(data: bytes, format_name: str) -> Account:
    """Account for every byte of a file.

    Args:
        data: The file.
        format_name: Its format, as Pillow names it; what the first bytes say goes before.

    Raises:
        UnaccountedError: With what is not known, as a clause.
    """
    name = recognised_format(data) or format_name
    if name not in _READERS:
        unknown = f"what a file of the format {name} holds is not wholly known here"
        raise UnaccountedError(reason_for_jpeg(data) if name in _JPEGS else unknown)
    return _READERS[name](data)


def recognised_format(data: bytes) -> str:
    """The format that the first bytes tell, or ""."""
    if data.startswith(PNG_SIGNATURE):
        return "PNG"
    if is_tiff(data):
        return "TIFF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(b"qoif"):
        return "QOI"
    return ""
