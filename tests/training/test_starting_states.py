"""What streams begin with: learned from photographs, it makes files smaller that learn from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from srec_engine import EncodeOptions, Method, decode_image, encode_image
from srec_engine.cli import exit_codes
from srec_engine.cli.main import main
from srec_engine.codec.admission import with_walks
from srec_engine.model.file import read_model, write_model
from srec_engine.options import CodecOptions
from srec_engine.training.starting_states import StartingStateTrainer, share_at
from tests.model.examples import tiny_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    write_model(tiny_model("preactivation"), path)
    return path


@pytest.fixture(scope="session")
def photograph() -> NDArray[np.uint8]:
    return np.asarray(data.astronaut(), np.uint8)


def coded(image: NDArray[np.uint8], model: Path) -> bytes:
    return encode_image(Image.fromarray(image), EncodeOptions(method=Method.SREC, model=str(model))).data


def crops(photograph: NDArray[np.uint8], seed: int, count: int, side: int = 48) -> list[NDArray[np.uint8]]:
    """Squares of the upper half."""
    random = np.random.default_rng(seed)
    places = zip(random.integers(0, 256 - side, count), random.integers(0, 512 - side, count), strict=True)
    return [photograph[top : top + side, left : left + side] for top, left in places]


def test_streams_that_begin_with_what_others_ended_with_are_shorter(
    model: Path, photograph: NDArray[np.uint8], tmp_path: Path
) -> None:
    trainer = StartingStateTrainer(model, CodecOptions(device="cpu"))
    for step in range(6):
        trainer.learn(crops(photograph, step, 4), share_at(step, 6))
    begun = tmp_path / "begun.safetensors"
    write_model(replace(read_model(model), starts=trainer.stored()), begun)
    lower = photograph[300:420, 100:260]
    file = coded(lower, begun)
    assert len(file) < 0.985 * len(coded(lower, model))
    assert np.array_equal(np.asarray(decode_image(file).image), lower)


def test_a_state_that_no_stream_meets_stays_as_it_is(model: Path, photograph: NDArray[np.uint8]) -> None:
    trainer = StartingStateTrainer(model, CodecOptions(device="cpu"))
    assert {name for name, state in trainer.stored().items() if state.any()} == {"fine_deviation"}
    trainer.learn(crops(photograph, 1, 1), 0.01)
    learned = trainer.stored()
    # An untrained network's mixtures are wide: it has nothing to say of single values about their centre.
    assert {name for name, state in learned.items() if not state.any()} == {"classes"}
    # Pixel 1 has no pixel before it, and red no channel: their predictions have six inputs.
    assert learned["weights"][0, :, :6].any()
    assert not learned["weights"][0, :, 6:].any()


def test_the_share_falls_from_step_to_step() -> None:
    shares = [share_at(step, 10) for step in range(10)]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < shares[0] < 1


def test_the_command_writes_a_model_that_codes_and_says_how_it_was_made(
    model: Path, photograph: NDArray[np.uint8], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(photograph[:200, :200]).save(photos / "a.png")
    begun = tmp_path / "begun.safetensors"
    words = ["starts", str(model), str(photos), "--export", str(begun), "--steps", "2", "--crop", "40", "--batch", "2"]
    assert main(words) == exit_codes.OK
    assert str(begun) in capsys.readouterr().out
    ours, theirs = read_model(begun), read_model(model)
    assert ours.recipe["starts"]["steps"] == 2
    assert ours.recipe["seed"] == theirs.recipe["seed"]
    assert ours.name == theirs.name
    assert ours.known_answers == theirs.known_answers
    assert ours.walks == with_walks(theirs).walks
    assert replace(ours, starts={}).identity() == theirs.identity() != ours.identity()
    piece = photograph[300:340, 100:150]
    assert np.array_equal(np.asarray(decode_image(coded(piece, begun)).image), piece)


def test_an_export_that_exists_stays_unless_it_shall_be_replaced(
    model: Path, photograph: NDArray[np.uint8], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "a.png"
    Image.fromarray(photograph[:64, :64]).save(photo)
    before = model.read_bytes()
    words = ["starts", str(model), str(photo), "--export", str(model), "--steps", "1", "--crop", "40", "--batch", "1"]
    assert main(words) == exit_codes.FAILED
    assert "--existing replace" in capsys.readouterr().err
    assert model.read_bytes() == before
    assert main([*words, "--existing", "replace"]) == exit_codes.OK
    once = read_model(model)
    assert once.starts
    # What a model began with does not matter to what it shall begin with.
    assert main([*words, "--existing", "replace"]) == exit_codes.OK
    assert read_model(model).identity() == once.identity()


def test_a_place_that_cannot_be_written_to_is_told_before_anything_is_learned(
    model: Path, photograph: NDArray[np.uint8], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "a.png"
    Image.fromarray(photograph[:64, :64]).save(photo)
    # A billion batches would take years.
    words = ["starts", str(model), str(photo), "--steps", "1000000000", "--crop", "40"]
    assert main([*words, "--export", str(photo / "begun.safetensors")]) == exit_codes.FAILED
    assert "begun.safetensors" in capsys.readouterr().err


def test_the_command_refuses_a_name_that_is_none_of_a_model(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["starts", str(model), str(tmp_path), "--export", str(tmp_path / "begun.pt")]) == exit_codes.USAGE
    assert "ends in .safetensors" in capsys.readouterr().err
