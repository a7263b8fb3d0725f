"""Between a picture and the parts of a container that the network does not code."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts import Skeleton, parse_skeleton
from srec_engine.container import Plane, PlaneKind, Reader, WebPPayload, decode_plane, encode_plane
from srec_engine.container.compression import compress, decompress
from srec_engine.errors import DamagedFileError
from srec_engine.images.carried_metadata import carried_metadata
from srec_engine.images.picture import SKELETON, Palette, Picture
from srec_engine.images.pixels import split_samples
from srec_engine.images.webp import webp_decode, webp_encode
from srec_engine.options import Method

__all__ = [
    "coded_colour",
    "full_colour",
    "metadata_from_reader",
    "network_planes",
    "picture_from_reader",
    "webp_contents",
]

_PALETTE_MODES = ("RGB", "RGBA")
_BAND_ROWS = 64
_MAX_PALETTE_BYTES = 4 * 256
_CHANNELS = {"1": 1, "L": 1, "LA": 2, "P": 1, "RGB": 3, "RGBA": 4}
_COLOUR_CHANNELS = {"L": 1, "LA": 1, "RGB": 3, "RGBA": 3}


def coded_colour(colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the network codes of a picture's colours, uint8 (H, W, 1 or 3): one channel where all of them are equal.

    That is so in most black-and-white photographs. The network would need 5 % more for three.
    """
    bands = (colour[top : top + _BAND_ROWS] for top in range(0, colour.shape[0], _BAND_ROWS))
    equal = all(np.array_equal(band[:, :, :-1], band[:, :, 1:]) for band in bands)
    return colour[:, :, :1] if equal else colour


def full_colour(mode: str, colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colours of a picture of `mode`, of which `coded_colour` gave `colour`."""
    return np.repeat(colour, 3, axis=2) if colour.shape[2] < _COLOUR_CHANNELS.get(mode, 0) else colour


def network_planes(picture: Picture) -> tuple[Plane, ...]:
    """The planes beside the network's colours (method `srec`): alpha, or none.

    Raises:
        ValueError: For modes P and 1, which have nothing that a network could code.
    """
    if picture.colour is None:
        raise ValueError(f"a picture of mode {picture.mode} has no colours for a network")
    if picture.alpha is None:
        return ()
    return (Plane(PlaneKind.ALPHA, encode_plane(picture.alpha[:, :, None])),)


def webp_contents(picture: Picture, effort: int | None = None) -> tuple[WebPPayload, tuple[Plane, ...]]:
    """Payload and planes of method `webp`. The indices of P and 1 are kept as a plane where that is smaller.

    Args:
        picture: What to encode.
        effort: As for `webp_encode`.
    """
    if picture.indices is not None:
        return _indexed_contents(picture, picture.indices[:, :, None], effort)
    samples = picture.colour
    if samples is None:
        raise ValueError(f"a picture of mode {picture.mode} has no samples")
    if picture.alpha is not None:
        samples = np.concatenate([samples, picture.alpha[:, :, None]], axis=2)
    return WebPPayload(webp_encode(samples, effort)), ()


def _indexed_contents(
    picture: Picture, indices: NDArray[np.uint8], effort: int | None
) -> tuple[WebPPayload, tuple[Plane, ...]]:
    planes: tuple[Plane, ...] = ()
    if picture.palette is not None:
        mode = bytes([_PALETTE_MODES.index(picture.palette.mode)])
        planes = (Plane(PlaneKind.PALETTE, compress(mode + picture.palette.data)),)
    data, plane = webp_encode(indices, effort), encode_plane(indices)
    if len(data) <= len(plane):
        return WebPPayload(data), planes
    return WebPPayload(b""), (*planes, Plane(PlaneKind.INDICES, plane))


def picture_from_reader(reader: Reader, colour: NDArray[np.uint8] | None = None) -> Picture:
    """The picture of a `.srec` file with its metadata, without a source.

    Args:
        reader: A file of method `srec` or `webp`.
        colour: What the network decoded, as `full_colour` gives it, (H, W, C); only for method `srec`.

    Raises:
        DamagedFileError: When a part is damaged, missing, or does not fit the others.
    """
    header = reader.header
    planes = {plane.kind: plane.data for plane in reader.planes()}
    shape = (header.height, header.width)
    alpha = indices = None
    if header.method == Method.SREC:
        alpha = _plane(planes, PlaneKind.ALPHA, shape, reader.name) if header.mode in ("LA", "RGBA") else None
    elif PlaneKind.INDICES in planes:
        indices = _plane(planes, PlaneKind.INDICES, shape, reader.name)
    else:
        what = f"{reader.name}: the picture"
        samples = webp_decode(reader.body(), header.width, header.height, _CHANNELS[header.mode], what)
        colour, alpha, indices = split_samples(header.mode, samples)
    picture = Picture(
        header.mode,
        header.width,
        header.height,
        colour,
        alpha,
        indices,
        _palette(planes, reader.name) if header.mode == "P" else None,
        *metadata_from_reader(reader),
    )
    _check(picture, reader.name)
    return picture


def metadata_from_reader(reader: Reader) -> tuple[Mapping[str, bytes], None, Skeleton | None]:
    """Metadata, no source, and the skeleton where there is one, as a `Picture` has them.

    Raises:
        DamagedFileError: When they are damaged.
    """
    stored = reader.metadata()
    if SKELETON not in stored:
        return stored, None, None
    skeleton = parse_skeleton(stored[SKELETON], f'{reader.name}: the metadata "{SKELETON}"')
    skeleton.check_size(reader.header.width, reader.header.height)
    return carried_metadata(skeleton, reader.header.mode), None, skeleton


def _plane(planes: dict[PlaneKind, bytes], kind: PlaneKind, shape: tuple[int, int], name: str) -> NDArray[np.uint8]:
    if kind not in planes:
        raise DamagedFileError(f"{name} is damaged: its {kind.name.lower()} plane is missing")
    return decode_plane(planes[kind], *shape, 1, f"{name}: the {kind.name.lower()} plane")[:, :, 0]


def _palette(planes: dict[PlaneKind, bytes], name: str) -> Palette:
    what = f"{name}: the palette"
    plain = decompress(planes.get(PlaneKind.PALETTE, b""), 1 + _MAX_PALETTE_BYTES, what)
    if not plain or plain[0] >= len(_PALETTE_MODES):
        raise DamagedFileError(f"{what} is damaged: it is of an unknown kind")
    mode, data = _PALETTE_MODES[plain[0]], plain[1:]
    if len(data) % len(mode) or len(data) > 256 * len(mode):
        raise DamagedFileError(f"{what} is damaged: {len(data)} bytes are not colours of {mode}")
    return Palette(mode, data)


def _check(picture: Picture, name: str) -> None:
    """The parts must be those that the mode needs, whatever the file says."""
    channels = 0 if picture.colour is None else picture.colour.shape[2]
    expected = _COLOUR_CHANNELS.get(picture.mode, 0)
    indices_fit = (picture.indices is not None) == (expected == 0)
    if picture.mode == "1" and picture.indices is not None:
        indices_fit = indices_fit and int(picture.indices.max()) <= 1
    if channels != expected or not indices_fit:
        raise DamagedFileError(f"{name} is damaged: its parts do not make up a picture of mode {picture.mode}.")
