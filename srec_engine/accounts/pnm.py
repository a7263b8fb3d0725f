"""PNM, binary: PBM (P4), PGM (P5) and PPM (P6) of 8 bits. Header and comments are carried."""

from __future__ import annotations

import re

from srec_engine.accounts.account import Account, Filling, PartKind, Raster, UnaccountedError, covering_parts

__all__ = ["account_of_pnm"]

_SPACE = rb"(?:[ \t\r\n\v\f]|#[^\r\n]*[\r\n])+"
_HEADER = re.compile(rb"P([456])" + _SPACE + rb"(\d{1,9})" + _SPACE + rb"(\d{1,9})")
_LARGEST = re.compile(_SPACE + rb"255")
_KINDS = {b"4": ("L", "1", 1), b"5": ("L", "L", 8), b"6": ("RGB", "RGB", 8)}


def account_of_pnm(data: bytes) -> Account:
    """Account for a binary PNM.

    Raises:
        UnaccountedError: With what is not known to be held by its pixels and its header.
    """
    header = _HEADER.match(data)
    if header is None:
        raise UnaccountedError("it is not a binary PBM, PGM or PPM")
    order, mode, bits = _KINDS[header[1]]
    width, height, place = int(header[2]), int(header[3]), header.end()
    if bits == 8:
        largest = _LARGEST.match(data, place)
        if largest is None:
            raise UnaccountedError("its largest value is not 255")
        place = largest.end()
    # One character of white space, and nothing else, ends the header.
    if not width or not height or not data[place : place + 1].isspace():
        raise UnaccountedError("its header is not that of a PNM")
    row_bytes = -(-width * bits * len(order) // 8)
    start, end = place + 1, place + 1 + row_bytes * height
    found = [(0, start, PartKind.CARRIED, "header"), (start, end, PartKind.PIXELS, "rows")]
    raster = Raster(order, row_bytes, bits, inverted=bits == 1)
    return Account("PPM", mode, width, height, covering_parts(found, len(data)), Filling.RASTER, raster)
