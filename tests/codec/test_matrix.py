"""However it is computed, a picture becomes the same file, and a file the same picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine import CodecOptions, EncodeOptions, Method, decode_image, encode_image, read_info
from srec_engine.errors import ModelError
from srec_engine.integer.kernels import KERNELS
from srec_engine.integer.precision import narrower_numbers_allowed

OPTIONS = EncodeOptions(method=Method.SREC, model="photo-fast", verify=False)
FOR_SOME_PROCESSORS = {"int8", "int8-split"}
TILES = 33
TILE_WIDTH = 512
HEIGHT = 8


@pytest.fixture(scope="module")
def strip(photograph: Image.Image) -> Image.Image:
    """Rows of a photograph beside each other: 33 tiles of one size."""
    pixels = np.asarray(photograph)
    rows = np.concatenate([pixels[top : top + HEIGHT] for top in range(0, 296, HEIGHT)], axis=1)
    return Image.fromarray(np.ascontiguousarray(np.tile(rows, (1, 2, 1))[:, : TILES * TILE_WIDTH]))


@pytest.fixture(scope="module")
def expected(strip: Image.Image) -> bytes:
    data = encode_image(strip, OPTIONS).data
    assert "adaptation" in read_info(data).section_bytes
    assert read_info(data).tile_count == TILES
    return data


@contextmanager
def switches_turned_the_wrong_way() -> Iterator[None]:
    """What a program around us may have chosen for itself: narrower numbers and quicker ways."""
    matmul, dtype = torch.get_float32_matmul_precision(), torch.get_default_dtype()
    precision = getattr(torch._C, "_set_fp32_precision_setter", None)
    operations = [("mkldnn", "conv"), ("mkldnn", "matmul"), ("cuda", "conv"), ("cuda", "matmul")]
    before = [(*operation, torch._C._get_fp32_precision_getter(*operation)) for operation in operations if precision]
    try:
        torch.set_float32_matmul_precision("medium")
        torch.set_default_dtype(torch.bfloat16)
        for backend, operation, _ in before:
            precision(backend, operation, "bf16" if backend == "mkldnn" else "tf32")
        assert narrower_numbers_allowed()
        with (
            torch.backends.nnpack.flags(enabled=True),
            torch.backends.cudnn.flags(enabled=True, benchmark=True, deterministic=False, allow_tf32=True),
            torch.autocast("cpu", dtype=torch.bfloat16),
        ):
            yield
    finally:
        torch.set_float32_matmul_precision(matmul)
        torch.set_default_dtype(dtype)
        for backend, operation, value in before:
            precision(backend, operation, value)


def batches_of(most: int) -> Callable[[Sequence[tuple[int, int]], int, int], list[list[int]]]:
    """The decoder's grouping of tiles, with another size of groups."""

    def batches(sizes: Sequence[tuple[int, int]], _side: int, _threads: int) -> list[list[int]]:
        return [list(range(len(sizes)))[start : start + most] for start in range(0, len(sizes), most)]

    return batches


@pytest.mark.filterwarnings("ignore:TF32 acceleration:UserWarning")  # switching oneDNN warns on CPUs
@pytest.mark.parametrize("switches", [nullcontext, switches_turned_the_wrong_way])
@pytest.mark.parametrize("onednn", [True, False])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("kernel", list(KERNELS))
def test_every_way_to_compute_gives_the_same_file_and_the_same_picture(
    strip: Image.Image,
    expected: bytes,
    kernel: str,
    threads: int,
    onednn: bool,
    switches: Callable[[], AbstractContextManager[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codec = CodecOptions("cpu", kernel, threads)
    with torch.backends.mkldnn.flags(enabled=onednn), switches():
        try:
            assert encode_image(strip, replace(OPTIONS, codec=codec)).data == expected
        except ModelError:
            if kernel not in FOR_SOME_PROCESSORS:
                raise
            pytest.skip(f"{kernel} is not exact on this processor, and is not used")
        for most in (1, 16, 32):
            monkeypatch.setattr("srec_engine.codec.payload_decoder.tile_batches", batches_of(most))
            assert decode_image(expected, codec).image.tobytes() == strip.tobytes(), most


def test_nothing_of_the_process_is_switched(strip: Image.Image) -> None:
    """The program around us keeps its switches, also while we compute: it may be training in another thread."""

    def state() -> list[object]:
        return [
            torch.get_float32_matmul_precision(),
            torch.backends.cudnn.enabled,
            torch.backends.mkldnn.enabled,
            torch._C._get_nnpack_enabled(),
            torch.get_default_dtype(),
        ]

    before, during = state(), []
    encode_image(strip, OPTIONS, progress=lambda _: during.append(state()))
    assert len(during) > TILES
    assert all(seen == before for seen in during)
    assert state() == before
