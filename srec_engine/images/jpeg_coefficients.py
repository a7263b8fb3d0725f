"""A JPEG as what is left of its file without coefficients, and these, coded by context mixing. Importing brings numba.

Headers may hold further JPEGs (the thumbnail of EXIF, the previews of cameras): these are taken out of them and packed
likewise. What is packed begins with the CRC-32 of its *head* and the head's length; the coefficients follow the head:

    head: how many JPEGs there are in the headers; for each of them the bytes of the skeleton before it (from the one
        before), its own bytes, the bytes of its skeleton and of its coded coefficients; then the length of all
        skeletons as they are compressed together, those of the inner ones behind the outer one, from which they were
        taken out; these; the coded coefficients of the inner JPEGs.

Numbers are LEB128. docs/format.md has it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from srec_engine import context_mixing
from srec_engine.accounts.account import UnaccountedError
from srec_engine.accounts.jpeg import jpegs_inside
from srec_engine.compilation.kernels import is_compiled, mark_compiled
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.context_mixing import (
    Band,
    CoefficientError,
    decode_coefficients,
    decode_means,
    encode_coefficients,
)
from srec_engine.entropy.messages import FIRST_RUN_MESSAGE
from srec_engine.errors import DamagedFileError
from srec_engine.images.jpeg_skeletons import compress_skeletons, decompress_skeletons
from srec_engine.jpeg import JpegCoefficients, JpegGeometry, geometry_of, read_jpeg, write_jpeg
from srec_engine.limits import BlockBudget, are_plausible_blocks, is_plausible_jpeg

__all__ = ["OpenedJpeg", "open_jpeg", "pack_coefficients", "preparation", "unpack_coefficients"]

Progress = Callable[[float], None]

MAX_INNER = 1 << 4
"""JPEGs that headers may hold."""

MAX_ODDITY_BYTES = 1 << 20
"""By how much a skeleton may be longer than the file that it was taken from."""

_CHECKSUM_BYTES = 4
_COMPILED, _CODER = "coefficients", Path(context_mixing.__file__).parent
_START = b"\xff\xd8"


@dataclass(frozen=True, slots=True)
class _Inner:
    """A JPEG inside of headers.

    Attributes:
        before: Bytes of the skeleton from the one before, or from its beginning.
        size: Its bytes.
        skeleton: Bytes of its skeleton.
        coded: Bytes of its coded coefficients.
    """

    before: int
    size: int
    skeleton: int
    coded: int


@dataclass(frozen=True, slots=True)
class _Taken:
    """A JPEG that was taken out of headers: where it began and ended, and what became of it."""

    start: int
    end: int
    skeleton: bytes
    coded: bytes


@dataclass(frozen=True, slots=True)
class OpenedJpeg:
    """A packed JPEG whose headers are known.

    Attributes:
        skeleton: As in `JpegCoefficients`.
        geometry: What it tells of the picture.
        coded: What `context_mixing` made of the coefficients; some may be missing.
    """

    skeleton: bytes
    geometry: JpegGeometry
    coded: bytes

    def means(self, what: str) -> list[NDArray[np.int16]]:
        """The means of all blocks, all other coefficients 0. Arguments and errors as for `decode_means`."""
        return decode_means(self.coded, self.geometry.components, what)

    def coefficients(
        self, what: str, threads: int, progress: Progress | None = None
    ) -> tuple[list[NDArray[np.int16]], list[range]]:
        """All coefficients, and the rows of pixels of which some are missing.

        Raises:
            DamagedFileError: When none can be decoded.
        """
        decoded = decode_coefficients(self.coded, self.geometry.components, what, threads, progress)
        return decoded.components, [self._rows(band) for band in decoded.damaged]

    def _rows(self, band: Band) -> range:
        height = 8 * max(component.vertical for component in self.geometry.components)
        return range(height * band.first, min(height * band.end, self.geometry.height))


def preparation() -> str:
    """What to tell the person where something has to be compiled that no earlier run left on disk; else ""."""
    return "" if is_compiled(_COMPILED, _CODER) else FIRST_RUN_MESSAGE


def pack_coefficients(data: bytes, threads: int, progress: Progress | None = None) -> bytes:
    """Pack a JPEG.

    Args:
        data: The JPEG, from its start marker to its end marker.
        threads: CPU threads.
        progress: Hears how far it is, now and then; what it raises ends the work.

    Raises:
        UnaccountedError: With the reason why it cannot be packed, or no reader would take it, as a clause.
    """
    jpeg = read_jpeg(data)
    taken = list(_taken(jpeg.skeleton))
    head = _head(jpeg.skeleton, taken)
    packed = crc32(head).to_bytes(_CHECKSUM_BYTES, "little") + pack_integer(len(head)) + head
    packed += _coded(jpeg, threads, progress)
    mark_compiled(_COMPILED, _CODER)
    blocks = sum(component.shape[0] * component.shape[1] for component in jpeg.components)
    is_plausible = is_plausible_jpeg(len(data), len(packed)) and are_plausible_blocks(blocks, len(packed))
    if not is_plausible or len(jpeg.skeleton) > len(data) + MAX_ODDITY_BYTES:
        raise UnaccountedError("there is so little in it that its result would be refused as hostile")
    return packed


def _coded(jpeg: JpegCoefficients, threads: int, progress: Progress | None = None) -> bytes:
    try:
        components = geometry_of(jpeg.skeleton, "JPEG").components
        return encode_coefficients(jpeg.components, components, threads, progress)
    except CoefficientError as reason:
        raise UnaccountedError(str(reason)) from reason
    except DamagedFileError as reason:
        # An installation without the tables that coding begins with can do what libjxl can.
        raise UnaccountedError("what coding begins with is missing") from reason


def _taken(skeleton: bytes) -> Iterator[_Taken]:
    """The JPEGs inside of headers that get smaller."""
    # Behind its own start marker, before which the length of the headers stands: that may look like a marker itself.
    cursor = Cursor(skeleton, "JPEG")
    cursor.take_integer()
    begin = len(skeleton) - cursor.remaining + len(_START)
    for start, end in jpegs_inside(skeleton, begin)[:MAX_INNER]:
        try:
            jpeg = read_jpeg(skeleton[start:end])
            coded = _coded(jpeg, 1)
        except UnaccountedError:
            continue
        if len(compress_skeletons(jpeg.skeleton)) + len(coded) < end - start and len(jpeg.skeleton) <= end - start:
            yield _Taken(start, end, jpeg.skeleton, coded)


def _head(skeleton: bytes, taken: Sequence[_Taken]) -> bytes:
    ends = [0, *(jpeg.end for jpeg in taken)]
    fields = [pack_integer(len(taken))]
    for end, jpeg in zip(ends, taken, strict=False):
        numbers = (jpeg.start - end, jpeg.end - jpeg.start, len(jpeg.skeleton), len(jpeg.coded))
        fields += [pack_integer(number) for number in numbers]
    outer = [skeleton[end:start] for end, start in zip(ends, [jpeg.start for jpeg in taken], strict=False)]
    skeletons = compress_skeletons(b"".join([*outer, skeleton[ends[-1] :], *(jpeg.skeleton for jpeg in taken)]))
    return b"".join([*fields, pack_integer(len(skeletons)), skeletons, *(jpeg.coded for jpeg in taken)])


def unpack_coefficients(
    packed: bytes,
    size: int,
    what: str,
    threads: int,
    progress: Progress | None = None,
    budget: BlockBudget | None = None,
) -> bytes:
    """Undo `pack_coefficients`.

    Args:
        packed: What that returned.
        size: Bytes of the JPEG.
        what: Names it in messages.
        threads: As there.
        progress: As there.
        budget: Of the file that it is a part of; None where it is all of it.

    Raises:
        DamagedFileError: When any of it is damaged.
    """
    opened = open_jpeg(packed, size, what, budget=budget)
    components, damaged = opened.coefficients(what, threads, progress)
    mark_compiled(_COMPILED, _CODER)
    if damaged:
        raise DamagedFileError(f"{what} is damaged: some of its coefficients are.")
    return write_jpeg(opened.skeleton, components, what, size=size)


def open_jpeg(
    packed: bytes, size: int, what: str, *, with_inner: bool = True, budget: BlockBudget | None = None
) -> OpenedJpeg:
    """Read the headers of a packed JPEG, of which the coefficients may be damaged or missing at their end.

    Args:
        packed: What `pack_coefficients` returned, or the beginning of that.
        size: Bytes of the JPEG.
        what: Names it in messages.
        with_inner: Whether JPEGs inside of its headers are wanted; zeros take their place else.
        budget: Of the file that it is a part of; None where it is all of it.

    Raises:
        DamagedFileError: When the headers are damaged, or tell of more than is plausible.
    """
    cursor = Cursor(packed, what)
    checksum = cursor.take(_CHECKSUM_BYTES)
    head = cursor.take(cursor.take_integer())
    if crc32(head).to_bytes(_CHECKSUM_BYTES, "little") != checksum:
        raise DamagedFileError(f"{what} is damaged where the headers of its JPEG are: their checksum does not match.")
    if not is_plausible_jpeg(size, len(packed)):
        raise DamagedFileError(f"{what} is damaged: {len(packed)} bytes are to become {size}.")
    budget = BlockBudget(len(packed)) if budget is None else budget
    skeleton = _skeleton(Cursor(head, what), size, what, budget if with_inner else None)
    return OpenedJpeg(skeleton, _plausible_geometry(skeleton, len(packed), what, budget), cursor.take_rest())


def _plausible_geometry(skeleton: bytes, packed: int, what: str, budget: BlockBudget) -> JpegGeometry:
    """What a skeleton tells of the picture, before any memory is set aside for it."""
    geometry = geometry_of(skeleton, what)
    blocks = sum(each.rows * each.columns for each in geometry.components)
    if not are_plausible_blocks(blocks, packed) or not budget.spend(blocks):
        raise DamagedFileError(f"{what} is damaged: it announces {geometry.width} x {geometry.height} pixels.")
    return geometry


def _skeleton(head: Cursor, size: int, what: str, budget: BlockBudget | None) -> bytes:
    """The skeleton, put together again, with zeros for the JPEGs in it where nothing may be spent on them."""
    count = head.take_integer()
    if count > MAX_INNER:
        raise DamagedFileError(f"{what} is damaged: its headers are to hold {count} JPEGs.")
    inner = [_Inner(*(head.take_integer() for _ in range(4))) for _ in range(count)]
    if sum(jpeg.size for jpeg in inner) > size:
        raise DamagedFileError(f"{what} is damaged: there is more in its headers than it has bytes.")
    compressed = head.take(head.take_integer())
    skeletons = Cursor(decompress_skeletons(compressed, size + MAX_ODDITY_BYTES, what), what)
    outer = skeletons.remaining - sum(jpeg.skeleton for jpeg in inner)
    if outer < 0:
        raise DamagedFileError(f"{what} is damaged: its skeletons are shorter than they should be.")
    rest = Cursor(skeletons.take(outer), what)
    parts = []
    for jpeg in inner:
        skeleton, coded = skeletons.take(jpeg.skeleton), head.take(jpeg.coded)
        parts.append(rest.take(jpeg.before))
        parts.append(bytes(jpeg.size) if budget is None else _inner_jpeg(skeleton, coded, jpeg.size, what, budget))
    return b"".join([*parts, rest.take_rest()])


def _inner_jpeg(skeleton: bytes, coded: bytes, size: int, what: str, budget: BlockBudget) -> bytes:
    geometry = _plausible_geometry(skeleton, len(coded), what, budget)
    decoded = decode_coefficients(coded, geometry.components, what)
    if decoded.damaged:
        raise DamagedFileError(f"{what} is damaged: some coefficients of a JPEG in its headers are.")
    return write_jpeg(skeleton, decoded.components, what, size=size)
