"""Whether a file that was encoded gives its picture back, all the way to the file that decoding would write."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from srec_engine.codec.methods import HoldingMethod, holding_method
from srec_engine.codec.way_back import WrittenFile
from srec_engine.container import Box, Reader
from srec_engine.control import Advance, CancelToken
from srec_engine.errors import DamagedFileError
from srec_engine.images.picture import KeptFile, Picture, SourceFile, VerbatimOnlyError, pixel_checksum
from srec_engine.options import CodecOptions

__all__ = ["Expected", "verify"]

_OTHER_BYTES = "what packs such files does not give this one back byte for byte"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a picture must come back as, without its pixels.

    Attributes:
        width, height: Of the picture.
        raw_bytes: Its samples.
        checksum: Of its pixels; b"" where none will be compared.
        metadata: What was stored beside them.
        source: The file it came from, or None.
    """

    width: int
    height: int
    raw_bytes: int
    checksum: bytes
    metadata: Mapping[str, bytes]
    source: SourceFile | None

    @classmethod
    def of(cls, picture: Picture, compared: bool) -> Expected:
        """The checksum, seconds for a large picture, is made only where pixels will be `compared` with it."""
        checksum = pixel_checksum(picture) if compared else b""
        metadata = dict(picture.stored_metadata)
        return cls(picture.width, picture.height, picture.raw_bytes, checksum, metadata, picture.source)

    @classmethod
    def of_kept(cls, kept: KeptFile) -> Expected:
        """Of a file that shall come back byte for byte."""
        return cls(kept.width, kept.height, kept.source.size, b"", {}, kept.source)

    @property
    def source_bytes(self) -> int:
        """Bytes of the file, or of the samples where there is none."""
        return self.raw_bytes if self.source is None else self.source.size


def verify(
    data: bytes, expected: Expected, used: str, options: CodecOptions, cancel: CancelToken, advance: Advance
) -> str:
    """Decode the very bytes that will be written, and go all the way back to the file that decoding would write.

    What the network coded is decoded by another kernel on the CPU too, so that a fault of this machine's way to compute
    is not its own witness: one tile of every scale, beside the whole by the usual way. Where there is but one tile, the
    other kernel decodes the whole, and the usual way has nothing to add.

    Args:
        data: The whole `.srec` file.
        expected: What must come back.
        used: Name of the kernel that the network was computed by, if it was.
        options: Device, kernel and threads of the encoder.
        cancel: Polled between streams.
        advance: Told how far it is.

    Returns:
        Why the CPU took over from an accelerator meanwhile; "" where it did not.

    Raises:
        DamagedFileError: When it is not the same picture with the same metadata.
        VerbatimOnlyError: When the picture is, but the file that would be written of it is not the source any more; or
            when a method that is doubted does not give the source back.
    """
    method = Reader(data).header.method
    if method.holds_file:
        return _verify_file(data, expected, holding_method(method), options, cancel, advance)
    smallest, count = _tiles(data)
    with ThreadPoolExecutor(1, "srec-second-opinion") as beside:
        # The two ways have nothing in common but the pixels, so neither waits for the other.
        opinion = beside.submit(_second_opinion, data, smallest if count > 1 else None, used, options, cancel)
        back, fallback = _decoded(data, count == 1, used, options, cancel, advance)
        if isinstance(back, bytes):
            raise DamagedFileError("A file came back where a picture is held.")
        _require(pixel_checksum(back) == expected.checksum and dict(back.stored_metadata) == expected.metadata)
        whole = back.colour
        seen = b"" if smallest is None or whole is None else whole[smallest.rows, smallest.columns].tobytes()
        written = WrittenFile.of(back, expected.source)
        del back, whole  # its pixels would stay in memory beside those that are read now
        written.check()
        _require(opinion.result() in (None, seen))
    return fallback


def _verify_file(
    data: bytes,
    expected: Expected,
    method: HoldingMethod,
    options: CodecOptions,
    cancel: CancelToken,
    advance: Advance,
) -> str:
    """Compare the file that comes back, byte by byte."""
    source = expected.source
    try:
        back, fallback = _decoded(data, False, "", options, cancel, advance)
    except DamagedFileError:
        back, fallback = b"", ""
    same = source is not None and isinstance(back, bytes) and hashlib.sha256(back).digest() == source.digest
    if not same and method.is_doubted:
        raise VerbatimOnlyError(_OTHER_BYTES, source, "L", (expected.width, expected.height))
    _require(same)
    return fallback


def _decoded(
    data: bytes, by_other_kernel: bool, used: str, options: CodecOptions, cancel: CancelToken, advance: Advance
) -> tuple[Picture | bytes, str]:
    """What comes back of a file, and why the CPU took over from an accelerator, if it did."""
    if by_other_kernel:
        from srec_engine.codec.second_opinion import picture_by_other_kernel  # brings in torch

        return picture_by_other_kernel(data, used, options, cancel, advance), ""
    from srec_engine.codec.decode import decode_picture

    back, report = decode_picture(data, options, cancel, advance)
    return back, report.fallback


def _tiles(data: bytes) -> tuple[Box | None, int]:
    """Where the tile of the fewest pixels lies, and how many there are; none where no network coded anything."""
    geometry = Reader(data).geometry
    if geometry is None:
        return None, 0
    boxes = [geometry.tile_box(0, tile) for tile in range(geometry.tile_count)]
    return min(boxes, key=lambda box: box.width * box.height), len(boxes)


def _second_opinion(
    data: bytes, box: Box | None, used: str, options: CodecOptions, cancel: CancelToken
) -> bytes | None:
    """The pixels of one tile by another kernel; None where there is none to be asked for."""
    if box is None:
        return None
    from srec_engine.codec.second_opinion import tile_by_other_kernel  # brings in torch

    return tile_by_other_kernel(data, box, used, replace(options, threads=1), cancel).tobytes()


def _require(same: bool) -> None:
    if not same:
        raise DamagedFileError(
            "The result did not decode to the same picture, so nothing was written. "
            "This is a fault of the program or of the machine's memory: please report it, the original is untouched."
        )
