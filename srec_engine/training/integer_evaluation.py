"""Bits that an integer model needs for images, and those that its files really have. Needs the whole codec."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from srec_engine.codec.clock import StageClock
from srec_engine.codec.encode import encode_image
from srec_engine.codec.exchange import EncodingExchange
from srec_engine.codec.information import read_info
from srec_engine.codec.known_tiles import walk_known_tiles
from srec_engine.codec.levels import picture_levels
from srec_engine.codec.runtime import Runtime, load_runtime
from srec_engine.container.geometry import DEFAULT_TILE_SIZE, Geometry
from srec_engine.control import CancelToken
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.options import CodecOptions, EncodeOptions, Method
from srec_engine.reports import CODED_STEPS
from srec_engine.training.evaluation import Evaluation, PartBits

__all__ = ["IntegerEvaluator"]

CHANNELS = 3


class IntegerEvaluator:
    """Evaluates images with a model file, tile by tile as the encoder does.

    Args:
        model: The model's file.
        device: "auto", "cpu", "cuda", …

    Raises:
        ModelError: When the model cannot be used.
    """

    def __init__(self, model: Path, device: str = "auto") -> None:
        self._model = model
        self._options = CodecOptions(device=device)
        self._runtime: Runtime = load_runtime(model, self._options)

    def evaluate(self, image: NDArray[np.uint8]) -> Evaluation:
        """The model's bits of one image, uint8 (H, W, 3)."""
        count = self._runtime.model.configuration.scales
        geometry = Geometry(image.shape[1], image.shape[0], count, DEFAULT_TILE_SIZE)
        bits = np.zeros((count, len(CODED_STEPS)))
        for tile in range(geometry.tile_count):
            box = geometry.tile_box(0, tile)
            bits += self._tile_bits(image[box.rows, box.columns], count)
        height, width = geometry.base_size
        parts = [PartBits(count, "base", 8.0 * CHANNELS * height * width)]
        for scale in geometry.coded_scales():
            parts.extend(PartBits(scale, step, float(bits[scale, index])) for index, step in enumerate(CODED_STEPS))
        return Evaluation(image.size, tuple(parts), count)

    def evaluate_coded(self, image: NDArray[np.uint8]) -> Evaluation:
        """The model's bits and the bits of a `.srec` file of one image, uint8 (H, W, 3)."""
        evaluation = self.evaluate(image)
        options = EncodeOptions(method=Method.SREC, model=str(self._model), verify=False, codec=self._options)
        encoded = encode_image(Image.fromarray(image), options)
        coded = {
            (scale.scale, step): 8.0 * size
            for scale in encoded.report.scales
            for step, size in zip(CODED_STEPS, scale.steps, strict=True)
        }
        coded[evaluation.scales, "base"] = 8.0 * read_info(encoded.data).section_bytes.get("base", 0)
        parts = tuple(replace(part, coded=coded[part.scale, part.step]) for part in evaluation.parts)
        return replace(evaluation, parts=parts, file_bits=8.0 * len(encoded.data))

    def _tile_bits(self, tile: NDArray[np.uint8], count: int) -> NDArray[np.float64]:
        """The model's bits of a tile by scale and step."""
        bits = np.zeros((count, len(CODED_STEPS)))
        runtime = self._runtime

        def exchange_of(_scale: int, _tile: int, image: NDArray[np.uint8]) -> EncodingExchange:
            return EncodingExchange(image, CHANNELS, runtime.coder, CancelToken())

        def walk(network: CodingNetwork) -> None:
            levels = picture_levels(tile, count)
            for scale, (exchange,) in walk_known_tiles(network, runtime.tables, [levels], exchange_of, StageClock()):
                streams = np.array([stream.model_bits for stream in exchange.written.streams])
                bits[scale] = streams.reshape(len(CODED_STEPS), CHANNELS).sum(axis=1)

        runtime.processor.run(walk)
        return bits
