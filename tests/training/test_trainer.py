"""Training continues exactly where it stopped, and says clearly what it cannot use."""

from __future__ import annotations

import csv
import io
import logging
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from srec_engine.errors import ModelError, SrecError
from srec_engine.integer.export import export
from srec_engine.integer.recipe import export_run
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import write_model
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.crops import CropSampler
from srec_engine.training.data import load_images
from srec_engine.training.trainer import Trainer

SMALL = TrainingConfiguration(
    network=NetworkConfiguration(features=4, blocks=1, components=1, scales=2, shared_scales=1),
    crop=16,
    batch=2,
    steps=6,
    warm_up=2,
    bfloat16=False,
)


@pytest.fixture(scope="module")
def images() -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(0)
    return [random.integers(0, 256, (3, 24, 20 + side), dtype=np.uint8) for side in range(3)]


def test_an_interrupted_run_ends_with_the_weights_of_an_uninterrupted_one(
    images: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    whole = Trainer(SMALL, images, tmp_path / "whole")
    whole.run()
    first = Trainer(SMALL, images, tmp_path / "parts")
    first.train_step()
    first.train_step()
    first.folder.mkdir()
    first.save()
    second = Trainer(SMALL, images, tmp_path / "parts")
    second.resume()
    second.run()
    assert second.step == whole.step == 6
    for name, weight in whole.network.state_dict().items():
        assert torch.equal(weight, second.network.state_dict()[name]), name
    for name, weight in whole.average.items():
        assert torch.equal(weight, second.average[name]), name


def test_training_lowers_the_bits_of_its_images(images: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    flat = [np.full_like(image, 100) for image in images]
    trainer = Trainer(replace(SMALL, steps=40, learning_rate=1e-2), flat, tmp_path / "run")
    trainer.run()
    with (tmp_path / "run" / "curve.csv").open() as stream:
        curve = [float(row["bpsp"]) for row in csv.DictReader(stream)]
    assert len(curve) == 40
    assert curve[-1] < 0.7 * curve[0]


def test_a_run_stops_on_request_with_a_checkpoint(images: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    trainer = Trainer(SMALL, images, tmp_path / "run")
    trainer.stop()
    trainer.run()
    assert trainer.step == 0
    assert trainer.checkpoint_path.exists()


def test_a_checkpoint_of_other_settings_is_refused_and_kept(images: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    trainer = Trainer(SMALL, images, tmp_path)
    trainer.save()
    before = trainer.checkpoint_path.read_bytes()
    other = Trainer(replace(SMALL, seed=2), images, tmp_path)
    with pytest.raises(ModelError, match="other settings"):
        other.resume()
    assert trainer.checkpoint_path.read_bytes() == before


def test_weights_of_another_network_are_refused(images: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    trainer = Trainer(SMALL, images, tmp_path)
    trainer.save()
    narrower = replace(SMALL, network=replace(SMALL.network, features=3))
    with pytest.raises(ModelError, match="another shape"):
        Trainer(narrower, images, tmp_path / "other").start_from(trainer.checkpoint_path)


def test_crops_depend_only_on_the_seed_and_the_step(images: list[NDArray[np.uint8]]) -> None:
    sampler, again, other = (CropSampler(images, replace(SMALL, seed=seed)) for seed in (1, 1, 2))
    assert torch.equal(sampler.batch(7), again.batch(7))
    assert not torch.equal(sampler.batch(7), sampler.batch(8))
    assert not torch.equal(sampler.batch(7), other.batch(7))


def test_folders_and_packs_give_the_same_images_and_bad_ones_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.effect_noise((40, 30), 50).convert("RGB").save(folder / "good.png")
    Image.new("RGB", (8, 8)).save(folder / "tiny.png")
    (folder / "broken.png").write_bytes(b"not a picture")
    with tarfile.open(tmp_path / "photos.tar", "w") as pack:
        for path in sorted(folder.iterdir()):
            member = tarfile.TarInfo(path.name)
            member.size = path.stat().st_size
            pack.addfile(member, io.BytesIO(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        from_folder = load_images([folder], smallest_side=16)
        from_pack = load_images([tmp_path / "photos.tar"], smallest_side=16)
    assert len(from_folder) == len(from_pack) == 1
    assert np.array_equal(from_folder[0], from_pack[0])
    assert "broken.png" in caplog.text
    assert "tiny.png" in caplog.text


def test_missing_and_empty_sources_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SrecError, match="does not exist"):
        load_images([tmp_path / "nowhere"], 16)
    with pytest.raises(SrecError, match=r"No usable image was found in .* Give folders"):
        load_images([tmp_path], 16)


def test_crops_that_imitate_a_camera_are_smoother_and_as_reproducible(images: list[NDArray[np.uint8]]) -> None:
    plain = CropSampler(images, replace(SMALL, batch=4)).batch(0).float()
    sampler = CropSampler(images, replace(SMALL, batch=4, native_share=1.0))
    native = sampler.batch(0)
    assert torch.equal(native, sampler.batch(0))
    assert native.shape == plain.shape
    assert native.float().diff(dim=-1).abs().mean() < 0.8 * plain.diff(dim=-1).abs().mean()


def test_a_run_can_begin_with_a_model_file(images: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    first = Trainer(replace(SMALL, quantised_from=0.0), images, tmp_path / "first")
    first.run()
    model = export_run(first.checkpoint_path, "small")
    write_model(model, tmp_path / "small.safetensors")
    second = Trainer(SMALL, images, tmp_path / "second")
    second.start_from(tmp_path / "small.safetensors")
    again = export(second.network, model.tables, "again", {})
    assert again.identity() == model.identity()
