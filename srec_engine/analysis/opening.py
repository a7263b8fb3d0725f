"""Files opened to be looked into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from srec_engine.analysis.inspection import Inspection
from srec_engine.codec.torch_libraries import load_torch_libraries
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.errors import DamagedFileError
from srec_engine.model.store import find_model
from srec_engine.options import DEFAULT_MODEL, CodecOptions, EncodeOptions, Method

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["inspect_file", "inspect_with_network", "prepare_inspection"]


def inspect_file(source: Path | bytes, options: CodecOptions = CodecOptions()) -> Inspection:
    """Look into a `.srec`. Reads its structure only; the network is loaded with the first question that needs it.

    Where it holds a JPEG by coefficients that this program coded, scales are bands of frequencies (`JpegInspection`).

    Raises:
        NotSrecError: When this is no `.srec` file that can be read.
        DamagedFileError: When its header is damaged.
    """
    inspection = Inspection(source, options)
    if inspection.info.method is not Method.JPEG:
        return inspection
    from srec_engine.analysis.jpeg_inspection import JpegInspection, open_packed_jpeg

    try:
        packed = open_packed_jpeg(source)
    except DamagedFileError:
        # What is wrong with it is said by whoever wants its picture.
        return inspection
    return inspection if packed is None else JpegInspection(source, options, packed)


def inspect_with_network(
    source: Path | bytes,
    options: CodecOptions = CodecOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> Inspection:
    """Code a picture with the network, in memory, and look into that: for files that are held by another method.

    Pictures with a palette are looked at in their colours, pictures in black and white in grey.

    Args:
        source: A `.srec` of any method.
        options: Device, kernel, threads.
        cancel: Stops it.
        progress: Told how far the coding is.

    Raises:
        SrecError: As `decode_image` and `encode_image`.
    """
    from srec_engine.codec.decode import decode_image
    from srec_engine.codec.encode import encode_image

    image = _in_colours(decode_image(source, options, cancel=cancel).image)
    wanted = EncodeOptions(method=Method.SREC, verify=False, codec=options)
    encoded = encode_image(image, wanted, cancel=cancel, progress=progress)
    return Inspection(encoded.data, options, fallback=encoded.report.fallback)


def _in_colours(image: Image) -> Image:
    """A picture as the network can see it: palettes and single bits become the colours that they stand for."""
    if image.mode == "P":
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.convert("L") if image.mode == "1" else image


def prepare_inspection(options: CodecOptions = CodecOptions()) -> None:
    """Load the network that ships, and what it computes with: the first maps of a file come sooner then.

    Raises:
        ModelError, MissingDependencyError: When that does not work here.
    """
    load_torch_libraries()
    from srec_engine.analysis import maps, readout  # noqa: F401 - loaded along
    from srec_engine.codec.runtime import load_runtime

    load_runtime(find_model(DEFAULT_MODEL), options)
