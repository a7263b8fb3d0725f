"""JPEG files of all kinds, made on the spot, and what libjxl and our own coder do with each of them.

The photograph is the sample that ships with the program. What neither Pillow nor imagecodecs writes lies in
tests/data/jpeg, whose README.md says how it was made.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image, ImageCms

__all__ = ["JPEG_KINDS", "JpegKind", "Outcome", "flipped", "jpeg_of", "photograph", "scan_ranges", "segment"]

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "tests" / "data" / "jpeg"

SOF0, DHT, EOI, SOS, DQT, APP0, COM = 0xC0, 0xC4, 0xD9, 0xDA, 0xDB, 0xE0, 0xFE
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length: TEM, RST0 to RST7, SOI."""


class Outcome(StrEnum):
    """What comes of a file that is to be packed without loss, by libjxl 0.11.2 (in imagecodecs) or by our coder."""

    EXACT = "exact"
    """It is packed, and unpacking gives the same bytes."""
    REFUSED = "refused"
    """Packing raises an error."""
    DIFFERS = "differs"
    """It is packed without an error, and unpacking gives other bytes."""


@dataclass(frozen=True, slots=True)
class JpegKind:
    """A kind of JPEG file.

    Attributes:
        name: As in the name of a test.
        make: Gives the file's bytes, the same ones each time.
        outcome: What libjxl does with it.
        read: Whether Pillow reads its pixels without an error.
        ours: What our own coder does with its first picture.
    """

    name: str
    make: Callable[[], bytes]
    outcome: Outcome = Outcome.EXACT
    read: bool = True
    ours: Outcome = Outcome.EXACT


# --- making ----------------------------------------------------------------------------------------------------------


def photograph(width: int = 256, height: int = 192) -> Image.Image:
    """A part of the sample photograph, RGB, repeated to the right where it is too narrow."""
    with Image.open(ROOT / "resources" / "sample" / "chelsea.png") as sample:
        part = sample.convert("RGB").crop((100, 50, 100 + min(width, 256), 50 + height))
    part.info.clear()
    if width > part.width:
        samples = np.asarray(part)
        part = Image.fromarray(np.tile(samples, (1, -(-width // part.width), 1))[:, :width])
    return part


def jpeg_of(image: Image.Image | None = None, **options: object) -> bytes:
    """A picture, or the photograph, as Pillow's JPEG; `options` are those of its writer."""
    stream = io.BytesIO()
    (image or photograph()).save(stream, "JPEG", **{"quality": 80, "subsampling": "4:2:0", **options})
    return stream.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    """A marker segment: FF, the marker, the length, the content."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _noise(count: int, seed: int = 0) -> bytes:
    return np.random.default_rng(seed).bytes(count)


def _turbo(samples: np.ndarray, **options: Any) -> bytes:
    """As libjpeg-turbo writes it, which can do more than what Pillow asks it for."""
    return bytes(imagecodecs.jpeg8_encode(samples, level=80, **options))


def _grey() -> Image.Image:
    return photograph().convert("L")


def _grey_sampled_twice() -> bytes:
    """Some cameras write the one component of a grey picture with sampling factors of 2, which change nothing."""
    data = jpeg_of(_grey())
    factors = data.index(bytes([0xFF, SOF0])) + 11
    return data[:factors] + b"\x22" + data[factors + 1 :]


def _twelve_bits() -> bytes:
    return _turbo(np.asarray(_grey()).astype(np.uint16) << 4 | 5, bitspersample=12)


def _sixteen_lossless_bits() -> bytes:
    return _turbo(np.asarray(_grey()).astype(np.uint16) << 8 | 5, bitspersample=16, lossless=True)


def _four_channels(colours: str) -> bytes:
    return _turbo(np.asarray(photograph().convert("CMYK")), colorspace="CMYK", outcolorspace=colours)


def _with_fill_bytes() -> bytes:
    """Any marker may be preceded by bytes FF."""
    data = jpeg_of()
    for marker in (SOS, SOF0, DQT):
        place = data.index(bytes([0xFF, marker]))
        data = data[:place] + b"\xff\xff" + data[place:]
    return data[:-2] + b"\xff" + data[-2:]


def _extended() -> bytes:
    """The frame of extended sequential JPEG, which holds baseline coding too."""
    return jpeg_of().replace(bytes([0xFF, SOF0]), bytes([0xFF, SOF0 + 1]), 1)


def _first_scans() -> bytes:
    """A progressive picture that was never refined, but is ended as it should be."""
    data = jpeg_of(progressive=True)
    return data[: scan_ranges(data)[4][1]] + data[-2:]


def _with_huge_metadata() -> bytes:
    """A megabyte in 17 application segments and 200 comments."""
    applications = b"".join(segment(APP0 + 3 + count % 10, _noise(60_000, count)) for count in range(17))
    comments = b"".join(segment(COM, f"frame {count} of the tray ".encode() * 4) for count in range(200))
    data = jpeg_of()
    return data[:2] + applications + comments + data[2:]


def _with_camera_metadata() -> bytes:
    """Exif with an orientation and a maker's note, a colour profile, XMP."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Somebody's camera"
    exif.get_ifd(0x8769)[0x927C] = _noise(2000)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- a title --></x:xmpmeta>' + b" " * 2000
    return jpeg_of(exif=exif, icc_profile=profile, xmp=xmp)


def _with_second_picture() -> bytes:
    """Multi-picture and gain map files hold one more JPEG behind the end of the first."""
    return jpeg_of() + jpeg_of(_grey().resize((64, 48)))


def _film(count: int) -> bytes:
    """What telephones put behind the end of a "motion photo": an MP4 file, here with noise for its pictures."""
    boxes = ((b"ftyp", b"mp42\0\0\0\0isommp42"), (b"mdat", _noise(count)), (b"moov", bytes(400)))
    return b"".join(struct.pack(">I4s", 8 + len(content), name) + content for name, content in boxes)


def _with_segments_before_tables(segments: bytes) -> bytes:
    data = jpeg_of()
    tables = data.index(bytes([0xFF, DQT]))
    return data[:tables] + segments + data[tables:]


def _with_zero_padding() -> bytes:
    """The bits that fill the scan's last byte are ones as a rule, and zeros as some encoders write them."""
    data = jpeg_of(photograph(8, 8).convert("L"), quality=50)
    end = scan_ranges(data)[-1][1] - 1
    ones = next(count for count in range(8) if not data[end] >> count & 1)
    changed = data[:end] + bytes([data[end] >> ones << ones]) + data[end + 1 :]
    assert ones, "the scan fills its last byte"
    return changed


def _beyond_twelve_bits() -> bytes:
    """A grey picture of two blocks whose second mean is 3000: decoders cut it off, libjxl does so when it packs."""
    bits = 2 * ("0" + format(1500, "011b") + "0")
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return b"".join(
        (
            b"\xff\xd8",
            segment(DQT, bytes([0] + 64 * [1])),
            segment(SOF0, struct.pack(">BHHBBBB", 8, 8, 16, 1, 1, 0x11, 0)),
            # Codes 0 and 10 for differences of 11 and 10 bits; code 0 for the end of a block.
            segment(DHT, b"\x00" + bytes([1, 1] + 14 * [0]) + b"\x0b\x0a"),
            segment(DHT, b"\x10" + bytes([1] + 15 * [0]) + b"\x00"),
            segment(SOS, b"\x01\x01\x00\x00\x3f\x00"),
            scan,
            bytes([0xFF, EOI]),
        )
    )


def _stored(name: str) -> Callable[[], bytes]:
    return (STORED / f"{name}.jpg").read_bytes


REFUSED, DIFFERS = Outcome.REFUSED, Outcome.DIFFERS

JPEG_KINDS: dict[str, JpegKind] = {
    kind.name: kind
    for kind in (
        JpegKind("baseline-444", lambda: jpeg_of(subsampling="4:4:4")),
        JpegKind("baseline-422", lambda: jpeg_of(subsampling="4:2:2")),
        JpegKind("baseline-420", jpeg_of),
        JpegKind("baseline-440", lambda: _turbo(np.asarray(photograph()), subsampling="440")),
        # JPEG XL knows sampling factors of 1 and 2.
        JpegKind("baseline-411", lambda: _turbo(np.asarray(photograph()), subsampling="411"), REFUSED),
        JpegKind("baseline-odd-size", lambda: jpeg_of(photograph(251, 187))),
        JpegKind("baseline-separate-scans", _stored("baseline-separate-scans")),
        JpegKind("grey", lambda: jpeg_of(_grey())),
        JpegKind("grey-sampled-2x2", _grey_sampled_twice),
        JpegKind("rgb", lambda: jpeg_of(keep_rgb=True, subsampling="4:4:4")),
        JpegKind("restarts", lambda: jpeg_of(restart_marker_rows=1)),
        JpegKind("optimised", lambda: jpeg_of(optimize=True)),
        JpegKind("coarse", lambda: jpeg_of(quality=5)),
        JpegKind("fine", lambda: jpeg_of(quality=100, subsampling="4:4:4")),
        JpegKind("progressive", lambda: jpeg_of(progressive=True)),
        JpegKind("progressive-grey", lambda: jpeg_of(_grey(), progressive=True)),
        JpegKind("progressive-dc-scans", _stored("progressive-dc-scans")),
        JpegKind("progressive-restarts", lambda: jpeg_of(progressive=True, restart_marker_blocks=3)),
        # An interval of a row is another number of blocks in each scan, and JPEG XL knows one number for all.
        JpegKind(
            "progressive-restarts-of-rows", lambda: jpeg_of(progressive=True, restart_marker_rows=1), REFUSED
        ),
        JpegKind("arithmetic", _stored("arithmetic"), REFUSED, ours=REFUSED),
        JpegKind("arithmetic-progressive", _stored("arithmetic-progressive"), REFUSED, ours=REFUSED),
        JpegKind("cmyk", lambda: _four_channels("CMYK"), REFUSED),
        JpegKind("ycck", lambda: _four_channels("YCCK"), REFUSED),
        JpegKind("12-bits", _twelve_bits, REFUSED, read=False, ours=REFUSED),
        JpegKind("16-bits-lossless", _sixteen_lossless_bits, REFUSED, read=False, ours=REFUSED),
        JpegKind("one-pixel", lambda: jpeg_of(photograph(1, 1))),
        JpegKind("one-grey-pixel", lambda: jpeg_of(photograph(1, 1).convert("L"))),
        JpegKind("16384-wide", lambda: jpeg_of(photograph(16_384, 8))),
        JpegKind("camera-metadata", _with_camera_metadata),
        JpegKind("huge-metadata", _with_huge_metadata),
        # libjxl numbers up to 16,384 segments.
        JpegKind("very-many-comments", lambda: _with_segments_before_tables(segment(COM, b"x") * 17_000), REFUSED),
        # What a program leaves that cuts a large profile off.
        JpegKind(
            "half-a-profile",
            lambda: _with_segments_before_tables(segment(APP0 + 2, b"ICC_PROFILE\0\1\2" + bytes(200))),
            REFUSED,
        ),
        JpegKind(
            "unused-table",
            lambda: _with_segments_before_tables(segment(DQT, bytes([3, *[5] * 64]))),
            REFUSED,
        ),
        JpegKind("stray-bytes", lambda: _with_segments_before_tables(b"\0\1\2")),
        JpegKind("extended-sequential", _extended),
        JpegKind("first-scans-only", _first_scans),
        JpegKind("fill-bytes", _with_fill_bytes),
        JpegKind("zero-padding", _with_zero_padding),
        JpegKind("kilobyte-behind-end", lambda: jpeg_of() + _noise(1024)),
        JpegKind("second-picture-behind-end", _with_second_picture),
        JpegKind("film-behind-end", lambda: jpeg_of() + _film(300_000)),
        # libjxl has room for lengths up to 4,260,096 bytes behind the end.
        JpegKind("long-film-behind-end", lambda: jpeg_of() + _film(4_400_000), REFUSED),
        # What damage to a scan does sometimes: libjxl cuts off means beyond 12 bits, and says nothing.
        JpegKind("mean-beyond-12-bits", _beyond_twelve_bits, DIFFERS),
        JpegKind("no-end", lambda: jpeg_of()[:-2], REFUSED, read=False, ours=REFUSED),
        JpegKind("cut", lambda: jpeg_of()[:6000], REFUSED, read=False, ours=REFUSED),
    )
}  # fmt: skip
"""All kinds by name."""


# --- damaging --------------------------------------------------------------------------------------------------------


def scan_ranges(data: bytes) -> list[tuple[int, int]]:
    """Where the entropy-coded bytes of each scan of the first picture begin and end, restart markers among them."""
    return list(_scans(data))


def _scans(data: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while place + 4 <= len(data):
        marker = data[place + 1]
        if marker == EOI:
            return
        if data[place] != 0xFF or marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        start = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        place = _scan_end(data, start) if marker == SOS else start
        if marker == SOS:
            yield start, place


def _scan_end(data: bytes, place: int) -> int:
    """Where the next marker stands that is no restart, or the end of the file."""
    while 0 <= (place := data.find(b"\xff", place)) < len(data) - 1:
        if data[place + 1] != 0 and data[place + 1] not in _ALONE:
            return place
        place += 2
    return len(data)


def flipped(data: bytes, seed: int) -> bytes:
    """The same JPEG with one to three random bits changed inside its entropy-coded scans, never in a header.

    A changed byte may become a marker, or a restart marker something else: damage does not choose.
    """
    random = np.random.default_rng(seed)
    places = np.concatenate([np.arange(start, end) for start, end in scan_ranges(data)])
    bits = random.choice(8 * len(places), min(8 * len(places), int(random.integers(1, 4))), replace=False)
    changed = bytearray(data)
    for bit in bits:
        changed[int(places[bit // 8])] ^= 1 << int(bit % 8)
    return bytes(changed)
