"""Verification means that the very bytes were decoded, and that another way of computing agreed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from srec_engine import (
    CodecOptions,
    DamagedFileError,
    EncodeOptions,
    Method,
    Progress,
    Stage,
    decode_image,
    encode_file,
    encode_image,
    read_source,
)
from srec_engine.codec import runtime
from srec_engine.codec.admission import Candidate, admitted_network
from srec_engine.container import Contents, container_bytes
from srec_engine.integer.prepared import CodingNetwork, ScaleWalk
from srec_engine.model.adaptation import Adaptation
from srec_engine.model.integer_model import IntegerModel

OPTIONS = EncodeOptions(method=Method.SREC, model="photo-fast", adaptation=False)


@dataclass
class WrongNetwork:
    """A machine that computes wrongly, but always in the same way: it decodes what it has encoded."""

    right: CodingNetwork

    @property
    def model(self) -> IntegerModel:
        return self.right.model

    @property
    def device(self) -> torch.device:
        return self.right.device

    @property
    def kernel_name(self) -> str:
        return self.right.kernel_name

    def adapted(self, adaptation: Adaptation) -> WrongNetwork:
        return WrongNetwork(self.right.adapted(adaptation))

    def begin_scale(self, scale: int, means: Tensor, context: Tensor | None) -> tuple[ScaleWalk, Tensor]:
        return self.right.begin_scale(scale, means, context)

    def set_sums(self, state: Any, sums: Tensor) -> None:
        self.right.set_sums(state, sums)

    def step(self, state: Any) -> tuple[Tensor, Tensor | None]:
        parameters, linear = self.right.step(state)
        parameters = parameters.clone()
        parameters[..., 0] += 40
        return parameters, linear

    def classified(self, scale: int, step: int, activations: Tensor) -> Tensor:
        return self.right.classified(scale, step, activations)

    def add_known(self, state: Any, pixel: Tensor) -> None:
        self.right.add_known(state, pixel)


@pytest.fixture
def wrong_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrongly(candidate: Candidate, device: str, kernel: str) -> CodingNetwork:
        return WrongNetwork(admitted_network(candidate, device, kernel))

    monkeypatch.setattr(runtime, "_networks", {})
    monkeypatch.setattr(runtime, "admitted_network", wrongly)


@pytest.fixture(params=[(200, 48), (560, 40)], ids=["one tile", "two tiles"])
def picture(photograph: Image.Image, request: pytest.FixtureRequest) -> Image.Image:
    width, height = request.param
    return Image.fromarray(np.ascontiguousarray(np.tile(np.asarray(photograph)[:height], (1, 2, 1))[:, :width]))


@pytest.mark.usefixtures("wrong_machine")
def test_a_machine_that_computes_wrongly_is_not_its_own_witness(picture: Image.Image) -> None:
    data = encode_image(picture, replace(OPTIONS, verify=False)).data
    assert decode_image(data).image.tobytes() == picture.tobytes()  # so its own decoding would have passed
    with pytest.raises(DamagedFileError, match=r"did not decode|cannot be decoded"):
        encode_image(picture, OPTIONS)


@pytest.mark.parametrize("kernel", ["auto", "float32", "unfold"])
def test_whichever_kernel_encodes_another_one_agrees(picture: Image.Image, kernel: str) -> None:
    encoded = encode_image(picture, replace(OPTIONS, codec=CodecOptions("cpu", kernel)))
    assert encoded.report.verified
    assert decode_image(encoded.data).image.tobytes() == picture.tobytes()


def test_verification_tells_how_far_it_is(picture: Image.Image) -> None:
    told: list[float] = []

    def note(progress: Progress) -> None:
        if progress.stage is Stage.VERIFYING:
            told.append(progress.fraction)

    encode_image(picture, OPTIONS, progress=note)
    assert told == sorted(told)
    assert len(set(told)) > 3
    assert told[-1] == 1.0


def test_where_there_is_no_onednn_there_is_another_kernel_all_the_same(
    picture: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    runtime._unproven_network.cache_clear()
    encoded = encode_image(picture, replace(OPTIONS, codec=CodecOptions("cpu", "unfold")))
    assert (encoded.report.verified, encoded.report.kernel) == (True, "unfold")
    runtime._unproven_network.cache_clear()


def test_what_is_kept_as_its_bytes_is_decoded_and_compared_before_it_counts_as_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, packed = tmp_path / "deep.png", tmp_path / "deep.srec"
    Image.fromarray(np.arange(40 * 30, dtype=np.uint16).reshape(30, 40) * 50).save(source)
    report = encode_file(source, packed)
    assert (report.method, report.verified) == (Method.VERBATIM, True)
    assert read_source(packed) == ("deep.png", source.read_bytes())

    def damaged(contents: Contents) -> bytes:
        return container_bytes(contents)[:-40] + bytes(40)

    monkeypatch.setattr("srec_engine.codec.methods.verbatim.container_bytes", damaged)
    with pytest.raises(DamagedFileError):
        encode_file(source, tmp_path / "other.srec")
    assert not (tmp_path / "other.srec").exists()
