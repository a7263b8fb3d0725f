"""Crops: where they come from, what is done to them, and that devices, threads and disks change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from srec_engine.errors import SrecError
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.crops import CropSampler
from srec_engine.training.data import StoredImage, listed_files, load_images
from srec_engine.training.feeding import BatchFeeder, HeldImages

CPU = torch.device("cpu")


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_crops_cut_on_a_device_and_in_threads_are_those_cut_one_by_one(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], noise: float
) -> None:
    # Both kinds of crops in one batch: plain ones are cut on the device, treated ones are brought there.
    configuration = replace(small, batch=12, native_share=0.3, noise=noise)
    sampler = CropSampler(images, configuration)
    held = BatchFeeder(sampler, CPU, range(12), 2, HeldImages(images, CPU))
    alone = BatchFeeder(sampler, CPU, range(12), threads=0)
    for step in (0, 1, 2, 7):
        assert torch.equal(held.batch(step), sampler.batch(step))
        assert torch.equal(alone.batch(step), sampler.batch(step))
    held.close()


def test_each_epoch_takes_every_image_once_in_another_order(small: TrainingConfiguration) -> None:
    images = [np.full((3, 16, 16 + 10 * number), number, dtype=np.uint8) for number in range(6)]
    sampler = CropSampler(images, replace(small, sampling="epochs", flips="horizontal"))
    epochs = [[int(crop[0, 0, 0]) for step in range(3) for crop in sampler.batch(3 * epoch + step)] for epoch in (0, 1)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(6))
    assert epochs[0] != epochs[1]


def test_horizontal_flips_never_turn_an_image_upside_down(small: TrainingConfiguration) -> None:
    ramp = np.broadcast_to(np.arange(16, dtype=np.uint8)[:, None], (3, 16, 16))
    sampler = CropSampler([np.ascontiguousarray(ramp)], replace(small, batch=16, flips="horizontal"))
    assert all(np.array_equal(crop, ramp) for crop in sampler.batch(0).numpy())


def test_large_images_are_scaled_down_and_small_ones_left_alone(small: TrainingConfiguration) -> None:
    checks = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    large = np.stack([checks] * 3)
    configuration = replace(small, batch=8, reduced_share=1.0)
    assert CropSampler([large], configuration).batch(0).float().std() < 60  # a checkerboard becomes nearly grey
    assert CropSampler([np.ascontiguousarray(large[:, :20, :20])], configuration).batch(0).unique().tolist() == [0, 255]


def test_softened_crops_are_smoother_and_less_colourful(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]]
) -> None:
    def roughness_and_colour(soft_share: float) -> tuple[float, float]:
        crops = CropSampler(images, replace(small, batch=32, soft_share=soft_share)).batch(0).float()
        assert crops.shape[1:] == (3, small.crop, small.crop)
        return float(crops.diff(dim=3).abs().mean()), float((crops[:, 0] - crops[:, 1]).diff(dim=2).abs().mean())

    plain, soft = roughness_and_colour(0.0), roughness_and_colour(1.0)
    assert soft[0] < plain[0]
    assert soft[1] < plain[1]


def test_jpeg_takes_a_little_from_every_crop_and_leaves_what_it_shows(
    small: TrainingConfiguration, sample_photograph: Path
) -> None:
    photographs = load_images([sample_photograph], 64)
    plain = CropSampler(photographs, replace(small, crop=64, batch=16))
    lossy = CropSampler(photographs, replace(small, crop=64, batch=16, jpeg_share=1.0))
    assert not any(lossy.is_plain(plan) for plan in lossy.plans(0))
    difference = (plain.batch(0).float() - lossy.batch(0).float()).abs().mean(dim=(1, 2, 3))
    assert (difference > 0).all()
    assert difference.max() < 8
    assert torch.equal(lossy.batch(0), lossy.batch(0))


def test_a_jpeg_share_compresses_about_that_share_of_all_crops(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]]
) -> None:
    plans = CropSampler(images, replace(small, batch=400, jpeg_share=0.3, soft_share=0.5)).plans(0)
    assert 0.2 < np.mean([plan.jpeg for plan in plans]) < 0.4
    assert {plan.treatment for plan in plans if plan.jpeg} == {"plain", "soft"}


def test_noise_is_mild(small: TrainingConfiguration) -> None:
    grey = np.full((3, 32, 32), 128, dtype=np.uint8)
    crops = CropSampler([grey], replace(small, batch=8, noise=3.0)).batch(0).float()
    assert 0.2 < crops.std() < 3.0


def test_images_beyond_the_memory_limit_are_read_again_and_give_the_same_crops(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path
) -> None:
    for number, pixels in enumerate(images):
        Image.fromarray(pixels.transpose(1, 2, 0)).save(tmp_path / f"{number}.png")
    stored = load_images([tmp_path], 16, memory_limit=1)
    assert [isinstance(image, StoredImage) for image in stored] == [False, True, True]
    assert torch.equal(CropSampler(stored, small).batch(3), CropSampler(images, small).batch(3))
    assert HeldImages.where_they_fit(stored, CPU) is None


def test_an_image_that_breaks_during_a_run_is_named_and_replaced(
    small: TrainingConfiguration, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(2):
        Image.new("RGB", (16, 16), (number, 0, 0)).save(tmp_path / f"{number}.png")
    stored = load_images([tmp_path], 16, memory_limit=1)
    (tmp_path / "1.png").write_bytes(b"broken")
    assert CropSampler(stored, replace(small, batch=16)).batch(0)[:, 0].unique().tolist() == [0]
    assert "1.png" in caplog.text


def test_a_list_names_files_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a.png\n\n sub/b.png \n")
    assert listed_files(tmp_path, tmp_path / "list.txt") == [tmp_path / "a.png", tmp_path / "sub" / "b.png"]
    assert listed_files(tmp_path, None) == [tmp_path]
    assert listed_files(None, None) == []


def test_lists_that_are_missing_empty_or_name_missing_files_are_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "gone.txt").write_text("gone.png\n")
    with pytest.raises(SrecError, match=r"nowhere\.txt cannot be read"):
        listed_files(tmp_path, tmp_path / "nowhere.txt")
    with pytest.raises(SrecError, match=r"empty\.txt names no files"):
        listed_files(tmp_path, tmp_path / "empty.txt")
    with pytest.raises(SrecError, match=r"gone\.png does not exist"):
        load_images(listed_files(tmp_path, tmp_path / "gone.txt"), 16)


def test_a_pack_that_is_no_tar_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "photos.tar").write_bytes(b"no tar")
    with pytest.raises(SrecError, match=r"photos\.tar cannot be read"):
        load_images([tmp_path / "photos.tar"], 16)
