"""Skeletons of JPEGs, compressed: without the tables of codes that most JPEGs have, since everybody knows those.

First how many such tables there are, and for each the bytes before it (from the one before) and its number; then the
rest, by general compression. Numbers are LEB128.
"""

from __future__ import annotations

import re

from srec_engine.container.compression import compress, decompress
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.errors import DamagedFileError

__all__ = ["KNOWN_TABLES", "compress_skeletons", "decompress_skeletons"]

KNOWN_TABLES = tuple(
    bytes.fromhex(table)
    for table in (
        "0000010501010101010100000000000000000102030405060708090a0b",
        "100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a16"
        "1718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889"
        "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9ea"
        "f1f2f3f4f5f6f7f8f9fa",
        "0100030101010101010101010000000000000102030405060708090a0b",
        "1100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434"
        "e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384858687"
        "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9"
        "eaf2f3f4f5f6f7f8f9fa",
    )
)
"""The tables of ISO/IEC 10918-1, K.3, as a segment DHT has them: DC and AC of the first component, and of others."""

MAX_KNOWN = 1 << 6
"""Tables that may be left out."""

_KNOWN = re.compile(b"|".join(re.escape(table) for table in KNOWN_TABLES), re.DOTALL)


def compress_skeletons(skeletons: bytes) -> bytes:
    """Compress one or more skeletons."""
    fields, rest, place = [], [], 0
    for found in list(_KNOWN.finditer(skeletons))[:MAX_KNOWN]:
        fields += [pack_integer(found.start() - place), pack_integer(KNOWN_TABLES.index(found.group()))]
        rest.append(skeletons[place : found.start()])
        place = found.end()
    content = compress(b"".join([*rest, skeletons[place:]]))
    return b"".join([pack_integer(len(rest)), *fields, content])


def decompress_skeletons(data: bytes, limit: int, what: str) -> bytes:
    """Undo `compress_skeletons`.

    Args:
        data: What that returned.
        limit: Bytes that may come out, known tables not counted.
        what: Names it in messages.

    Raises:
        DamagedFileError: When it is damaged, or would become longer.
    """
    cursor = Cursor(data, what)
    count = cursor.take_integer()
    if count > MAX_KNOWN:
        raise DamagedFileError(f"{what} is damaged: it is to have {count} known tables.")
    known = [(cursor.take_integer(), cursor.take_integer()) for _ in range(count)]
    rest = Cursor(decompress(cursor.take_rest(), limit, what), what)
    parts = []
    for before, number in known:
        if number >= len(KNOWN_TABLES):
            raise DamagedFileError(f"{what} is damaged: there is no known table {number}.")
        parts += [rest.take(before), KNOWN_TABLES[number]]
    return b"".join([*parts, rest.take_rest()])
