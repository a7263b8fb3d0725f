"""JPEG files packed without loss, and back again: each JPEG in whichever way is smaller, what lies between in parts.

Libraries that pack JPEGs were seen to give back other bytes without an error (damaged files), so what is packed here
counts only once it was unpacked and compared; `codec.verifying` does that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from srec_engine.accounts import UnaccountedError
from srec_engine.accounts.jpeg import JpegFrame, jpeg_frame, jpeg_pictures
from srec_engine.container.compression import compress, decompress
from srec_engine.errors import DamagedFileError, MissingDependencyError
from srec_engine.images.jpeg_parts import JpegPacker, PackedPart, parse_parts
from srec_engine.images.jpeg_xl_size import jpeg_xl_size
from srec_engine.images.second_reader import codecs
from srec_engine.limits import MAX_PIXELS, BlockBudget, is_plausible_packing, is_plausible_picture

__all__ = ["jpeg_xl_of", "pack_jpeg", "packed_frame", "unpack_jpeg", "unpack_part", "unpacked_size"]

Progress = Callable[[float], None]
"""Called now and then with the share that is done; what it raises ends the work."""

_STORED = b"\0"
_COMPRESSED_BYTES = 1 << 20
"""Up to this size what is no JPEG is compressed; anything longer is a film, mostly, and would take time for nothing."""

_TRIED_BYTES = 1 << 18
"""Up to this size libjxl is tried too. Of 376 JPEGs of cameras, phones, the web and test suites it made 7 smaller ones
than our coder, of 29 KB at most, where metadata is much of the file."""

_TRIED_SHARE = 0.85
"""A larger one is tried where our coder keeps more than this share of it, as it may where there is much metadata. It
kept 80 % at most of the 31 that were larger, and took at least 6 % less than libjxl."""


def packed_frame(data: bytes) -> JpegFrame:
    """The frame of a JPEG that can be packed.

    Raises:
        UnaccountedError: With the reason why it cannot, as a clause.
    """
    frame = jpeg_frame(data)
    if frame.refusal:
        raise UnaccountedError(frame.refusal)
    return frame


def pack_jpeg(data: bytes, threads: int | None = None, progress: Progress | None = None) -> bytes:
    """Pack a file that begins with a JPEG of which `packed_frame` gives the frame.

    Args:
        data: The file.
        threads: CPU threads; None for all cores.
        progress: Hears how far it is, now and then; what it raises ends the work.

    Raises:
        UnaccountedError: With the reason why it cannot be packed, as a clause. Whoever unpacks it may yet find that it
            does not come back.
    """
    parts: list[PackedPart] = []
    for start, end, is_picture in _parts(data):
        share = None if progress is None else _part_of(progress, start / len(data), end / len(data))
        if not is_picture:
            parts.append(_by_general_compression(data[start:end]))
            continue
        try:
            parts.append(_smallest(data[start:end], threads, share))
        except UnaccountedError:
            if start == 0:
                raise
            parts.append(_by_general_compression(data[start:end]))
    packed = b"".join(part.data for part in parts)
    if not parts or parts[0].packer is JpegPacker.GENERAL:
        raise UnaccountedError("it begins with no whole JPEG")
    if not is_plausible_packing(len(data), len(packed)):
        raise UnaccountedError("there is so little in it that its result would be refused as hostile")
    return packed


def _part_of(progress: Progress, begin: float, end: float) -> Progress:
    """Hears of a part of the work, and tells of the whole."""
    return lambda share: progress(begin + share * (end - begin))


def _parts(data: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is a JPEG) of all parts of a file."""
    place = 0
    for start, end in jpeg_pictures(data):
        if start > place:
            yield place, start, False
        yield start, end, True
        place = end
    if place < len(data):
        yield place, len(data), False


def _by_general_compression(part: bytes) -> PackedPart:
    packed = compress(part) if len(part) <= _COMPRESSED_BYTES else _STORED + part
    return PackedPart(JpegPacker.GENERAL, len(part), packed)


def _smallest(part: bytes, threads: int | None, progress: Progress | None) -> PackedPart:
    """A JPEG by our coder, or by libjxl where that is smaller or the only one that can.

    Raises:
        UnaccountedError: With the reason why none can, as a clause.
    """
    from srec_engine.images.jpeg_coefficients import pack_coefficients  # brings in numba

    frame, ours, reason = packed_frame(part), None, UnaccountedError("")
    try:
        ours = pack_coefficients(part, _threads(threads), progress)
    except UnaccountedError as error:
        reason = error
    if ours is None or len(part) <= _TRIED_BYTES or len(ours) > _TRIED_SHARE * len(part):
        theirs = _by_jpeg_xl(part, frame, threads, len(ours) if ours is not None else len(part))
        if theirs:
            return PackedPart(JpegPacker.JPEG_XL, len(part), theirs)
    if ours is None:
        raise reason
    return PackedPart(JpegPacker.COEFFICIENTS, len(part), ours)


def _by_jpeg_xl(part: bytes, frame: JpegFrame, threads: int | None, rival_bytes: int) -> bytes:
    """A JPEG as JPEG XL; b"" where it is not smaller than its rival, does not come back, or no reader would take it."""
    try:
        packed = _transcoded(part, threads)
    except UnaccountedError:
        return b""
    if len(packed) >= rival_bytes or not _is_plausible(frame.width * frame.height, len(packed)):
        return b""
    try:
        # libjxl may give back something else without an error. Our coder is there for it then.
        return packed if _jpeg_of(packed, len(part), "JPEG", threads) == part else b""
    except DamagedFileError:
        return b""


def _transcoded(part: bytes, threads: int | None = None) -> bytes:
    """A JPEG as the JPEG XL file that libjxl makes of it; whether that gives the JPEG back is another question.

    Raises:
        UnaccountedError: When libjxl cannot, or is not installed, as a clause.
    """
    try:
        return bytes(codecs().jpegxl_encode_jpeg(part, usecontainer=True, numthreads=_threads(threads)))
    except (RuntimeError, ValueError) as error:
        raise UnaccountedError("JPEG XL cannot hold it") from error
    except MissingDependencyError as error:
        raise UnaccountedError("imagecodecs is not installed, which packs JPEGs as JPEG XL") from error


def _is_plausible(pixels: int, packed: int) -> bool:
    """Whether a reader takes it: not so much out of so little that it must have been made to keep it busy."""
    return pixels <= MAX_PIXELS and is_plausible_picture(pixels, packed)


def unpack_jpeg(body: bytes, what: str, threads: int | None = None, progress: Progress | None = None) -> bytes:
    """The file again.

    Args:
        body: What `pack_jpeg` returned.
        what: Names it in messages.
        threads: CPU threads; None for all cores.
        progress: Hears how far it is, now and then; what it raises ends the work.

    Raises:
        DamagedFileError: When it cannot be unpacked.
        MissingDependencyError: When imagecodecs is not installed, and was used to pack it.
    """
    parts = parse_parts(body, what)
    whole, place, unpacked = max(1, sum(part.size for part in parts)), 0, []
    budget = BlockBudget(len(body))
    for part in parts:
        share = None if progress is None else _part_of(progress, place / whole, (place + part.size) / whole)
        if share is not None:
            share(0.0)
        unpacked.append(unpack_part(part, what, threads, share, budget))
        place += part.size
    return b"".join(unpacked)


def unpack_part(
    part: PackedPart,
    what: str,
    threads: int | None = None,
    progress: Progress | None = None,
    budget: BlockBudget | None = None,
) -> bytes:
    """A part of the file again. Arguments and errors as for `unpack_jpeg`; `budget` is that of the whole file."""
    if part.packer is JpegPacker.GENERAL:
        data = decompress(part.packed, part.size, what)
    elif part.packer is JpegPacker.JPEG_XL:
        data = _jpeg_of(part.packed, part.size, what, threads)
    else:
        from srec_engine.images.jpeg_coefficients import unpack_coefficients  # brings in numba

        data = unpack_coefficients(part.packed, part.size, what, _threads(threads), progress, budget)
    if len(data) != part.size:
        raise DamagedFileError(f"{what} is damaged: {len(data)} bytes came out where {part.size} are due.")
    return data


def unpacked_size(body: bytes, what: str) -> int:
    """Size of the file that `unpack_jpeg` would give. Raises as that does."""
    return sum(part.size for part in parse_parts(body, what))


def jpeg_xl_of(body: bytes, what: str, threads: int | None = None) -> tuple[bytes, bool]:
    """The first picture as a JPEG XL file that gives the very JPEG back, and whether that is all there is.

    Raises:
        DamagedFileError: As `unpack_jpeg`.
        UnaccountedError: When there is no such JPEG XL, as a clause.
    """
    part, *others = parse_parts(body, what)
    if part.packer is JpegPacker.GENERAL:
        raise DamagedFileError(f"{what} is damaged: it begins with no JPEG.")
    if part.packer is JpegPacker.JPEG_XL:
        return part.packed, not others
    jpeg = unpack_part(part, what, threads)
    packed = _transcoded(jpeg, threads)
    try:
        back = _jpeg_of(packed, len(jpeg), what, threads)
    except DamagedFileError:
        back = b""
    if back != jpeg:
        raise UnaccountedError("JPEG XL would not give it back as it is")
    return packed, not others


def _jpeg_of(packed: bytes, size: int, what: str, threads: int | None) -> bytes:
    width, height = jpeg_xl_size(packed, what)
    if not _is_plausible(width * height, len(packed)):
        raise DamagedFileError(f"{what} is damaged: it announces {width} x {height} pixels.")
    try:
        # Not a byte more than announced: the library would take what it needs.
        return bytes(codecs().jpegxl_decode_jpeg(packed, numthreads=_threads(threads), out=bytearray(size)))
    except (RuntimeError, ValueError) as error:
        raise DamagedFileError(f"{what} is damaged: its JPEG cannot be put together again ({error}).") from error


def _threads(threads: int | None) -> int:
    return threads or os.cpu_count() or 1
