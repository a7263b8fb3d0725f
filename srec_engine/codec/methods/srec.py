"""Method `srec`: the network codes the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.decoding import Decoding, Step
from srec_engine.codec.job import Job
from srec_engine.codec.methods.method import PREVIEW_SIDE, Candidate, CannotHoldError, HoldingMethod
from srec_engine.codec.subject import Subject
from srec_engine.codec.torch_libraries import load_torch_libraries
from srec_engine.container import (
    DEFAULT_TILE_SIZE,
    Box,
    Contents,
    Geometry,
    NetworkPayload,
    Reader,
    container_bytes,
    is_plausible_size,
    require_plausible_size,
)
from srec_engine.control import Progress, Stage
from srec_engine.errors import DamagedFileError
from srec_engine.images.picture import Picture, pixel_checksum
from srec_engine.images.planes import coded_colour, full_colour, network_planes, picture_from_reader
from srec_engine.images.preview import display_info, reduced_base
from srec_engine.model.adaptation import ADAPTED_SCALES, Adaptation, adaptation_bytes
from srec_engine.model.store import find_model, require_model
from srec_engine.options import Method
from srec_engine.reports import MethodWords

if TYPE_CHECKING:
    from PIL.Image import Image

    from srec_engine.codec.kept_tiles import KeptTile
    from srec_engine.codec.payload_encoder import EncodedPayload
    from srec_engine.codec.runtime import Runtime

__all__ = ["METHOD"]

_ADVANTAGE = 0.45
"""The network never takes less than this share of a quick WebP's bytes, so a smaller source is kept without trying."""


class _Srec(HoldingMethod):
    words = MethodWords(
        "SReC", "SReC network", "by the network", "the network codes its picture, tile by tile, from coarse to fine"
    )
    modes = frozenset(["L", "LA", "RGB", "RGBA"])

    def refusal(self, subject: Subject) -> str:
        if subject.refusal:
            return subject.refusal
        mode = subject.picture.mode
        return "" if mode in self.modes else f"a picture of mode {mode} has no colours for the network"

    def least_bytes(self, subject: Subject) -> float:
        return _ADVANTAGE * subject.estimated_webp_bytes

    def encode(self, job: Job, subject: Subject, rival_bytes: float) -> Candidate:  # noqa: ARG002 - it only gets smaller
        picture = subject.picture
        if picture.colour is None:
            raise CannotHoldError(self.refusal(subject))
        metadata = subject.packed_metadata
        load_torch_libraries()
        from srec_engine.codec.payload_encoder import encode_payload

        runtime, colour = _runtime(job), coded_colour(picture.colour)
        geometry = Geometry(picture.width, picture.height, runtime.model.configuration.scales, DEFAULT_TILE_SIZE)
        adaptation, kept = _adaptation(job, runtime, colour, geometry)
        runtime = runtime.adapted(adaptation)
        payload = encode_payload(runtime, colour, geometry, kept, job.cancel, job.advance_encoding, job.clock)
        network = _network_payload(payload, runtime.model_id, geometry.tile_size, adaptation)
        contents = Contents(
            picture.mode,
            picture.width,
            picture.height,
            network,
            pixel_checksum(picture),
            metadata,
            network_planes(picture),
        )
        data = container_bytes(contents)
        if not is_plausible_size(picture.width, picture.height, len(data)):
            raise CannotHoldError(
                f"a picture of {picture.width} x {picture.height} pixels with so little in it would make a file that "
                "is refused as hostile when it is decoded"
            )
        # The chunks are in the file now; keeping them twice would cost a large picture a tenth of its memory.
        return Candidate(Method.SREC, data, replace(payload, chunks=[]), runtime.processor.report())

    def steps(self, decoding: Decoding) -> Iterator[Step]:
        reader, region = decoding.reader, decoding.inside
        if not decoding.options.trusted:
            require_plausible_size(reader)
        mode, scales = reader.header.mode, reader.header.scale_count
        base, info = full_colour(mode, reader.base()), display_info(reader)
        yield Step(Progress(Stage.PREPARING, 0.0), scales, base if region is None else None, info)
        runtime, damage, message = _file_runtime(decoding)
        if message:
            yield Step(Progress(Stage.PREPARING, 0.0, message=message), scales)
        from srec_engine.codec.payload_decoder import PayloadDecoder  # brings in torch

        # Without its corrections the finest scales cannot be decoded; the coarser ones can.
        finest = ADAPTED_SCALES if damage else 0
        decoder = PayloadDecoder(reader, runtime, decoding.cancel, decoding.clock, region, finest=finest)
        colour = base
        for news in decoder.scales():
            image = None if news.image is None else full_colour(mode, news.image)
            if image is not None and news.scale == 0:  # holding coarser ones would cost memory
                colour = image
            yield Step(Progress(Stage.DECODING, news.fraction, news.scale), news.scale, image, info)
        picture, damage_around = _assembled(reader, colour, region)
        damage = (*damage, *decoder.damage, *damage_around)
        if not damage and region is None:
            damage = decoding.damage_of(picture)
        yield decoding.last_step(picture, damage, runtime.processor.report())

    def preview(self, reader: Reader, max_side: int = PREVIEW_SIDE) -> Image:  # noqa: ARG002 - the base is what it is
        return reduced_base(reader)


METHOD = _Srec()


def _network_payload(
    payload: EncodedPayload, model_id: bytes, tile_size: int, adaptation: Adaptation | None
) -> NetworkPayload:
    corrections = b"" if adaptation is None else adaptation_bytes(adaptation)
    return NetworkPayload(
        model_id, payload.base, payload.chunks, len(payload.scales), tile_size, corrections, learning=True
    )


def _adaptation(
    job: Job, runtime: Runtime, colour: NDArray[np.uint8], geometry: Geometry
) -> tuple[Adaptation | None, dict[int, KeptTile]]:
    from srec_engine.codec.adapting import find_adaptation

    if not job.options.adaptation:
        return None, {}
    return find_adaptation(runtime, colour, geometry, job.cancel, job.clock)


def _runtime(job: Job) -> Runtime:
    job.tell(Stage.PREPARING, 0.0)
    from srec_engine.codec.runtime import load_runtime  # brings in torch

    def message(text: str) -> None:
        job.tell(Stage.PREPARING, 0.0, message=text)

    with job.clock.measure("preparing"):
        return load_runtime(find_model(job.options.model), job.options.codec, message)


def _file_runtime(decoding: Decoding) -> tuple[Runtime, tuple[str, ...], str]:
    """The file's model, what of its corrections is damaged, and the last message about preparing it."""
    load_torch_libraries()
    from srec_engine.codec.file_runtime import adapted_to_file  # brings in torch
    from srec_engine.codec.runtime import load_runtime

    reader = decoding.reader
    messages: list[str] = []
    damage: tuple[str, ...] = ()
    with decoding.clock.measure("preparing"):
        model = require_model(reader.header.model_id, reader.name)
        runtime = load_runtime(model, decoding.options, messages.append)
        try:
            runtime = adapted_to_file(runtime, reader)
        except DamagedFileError as error:
            damage = (str(error),)
    return runtime, damage, messages[-1] if messages else ""


def _assembled(reader: Reader, colour: NDArray[np.uint8], region: Box | None) -> tuple[Picture, tuple[str, ...]]:
    """Colour with alpha and metadata; where those are damaged, the picture without them and a sentence."""
    header = reader.header
    width, height = colour.shape[1], colour.shape[0]
    try:
        # The region's colours stand in for the whole picture's, which were not decoded.
        stand_in = np.broadcast_to(colour[:1, :1], (header.height, header.width, colour.shape[2]))
        whole = picture_from_reader(reader, stand_in)
        cut = whole if region is None else whole.part(region.rows, region.columns)
        return replace(cut, colour=colour), ()
    except DamagedFileError as error:
        mode = "L" if colour.shape[2] == 1 else "RGB"
        return Picture(mode, width, height, colour), (str(error),)
