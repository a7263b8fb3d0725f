"""Weights of the original program become a model that codes; everything else is refused and nothing is overwritten."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from srec_engine.cli import exit_codes
from srec_engine.cli.main import main
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import read_model
from srec_engine.network.network import SuperResolutionNetwork

REFERENCE = Path(__file__).parent.parent / "data" / "reference"
TINY = REFERENCE / "tiny.pth"
QUICK = ["--calibrate", str(REFERENCE / "odd_97x75.png"), "--evaluate", str(REFERENCE / "odd_97x75.png")]


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of the person's own models."""
    monkeypatch.setenv("SREC_MODEL_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def photo(tmp_path: Path, sample_photograph: Path) -> Path:
    with Image.open(sample_photograph) as image:
        image.crop((100, 50, 197, 123)).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_imported_weights_code_and_decode_a_photograph_exactly(
    models: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-weights", str(TINY), *QUICK]) == exit_codes.OK
    text = capsys.readouterr().out
    assert "3 scales, 8 features, 2 residual blocks, K = 3" in text
    assert "srec encode --model tiny" in text
    assert list(models.iterdir()) == [models / "tiny.safetensors"]
    assert main(["encode", "--model", "tiny", "--method", "srec", str(photo)]) == exit_codes.OK
    coded = photo.with_suffix(".srec")
    assert main(["decode", "-o", str(photo.parent / "back"), str(coded)]) == exit_codes.OK
    with Image.open(photo) as before, Image.open(photo.parent / "back" / "photo.png") as after:
        assert before.tobytes() == after.tobytes()
    assert main(["verify", str(coded)]) == exit_codes.OK
    assert main(["info", "--per-step", str(coded)]) == exit_codes.OK
    assert "tiny" in capsys.readouterr().out
    assert main(["inspect", str(coded), "--out", str(photo.parent / "maps")]) == exit_codes.OK


def test_the_loss_is_stated_in_json(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-weights", str(TINY), "--name", "mine", "--json", *QUICK]) == exit_codes.OK
    document = json.loads(capsys.readouterr().out)
    assert document["destination"] == str(models / "mine.safetensors")
    assert document["float_bpsp"] == pytest.approx(8.1567, rel=1e-4)
    assert document["integer_bpsp"] <= 1.01 * document["truncated_bpsp"]
    assert document["loss"] == pytest.approx(document["integer_bpsp"] / document["float_bpsp"] - 1)
    assert document["parameters"] == sum(
        parameter.numel()
        for parameter in SuperResolutionNetwork(NetworkConfiguration.original(8, 2, 3)).nets.parameters()
    )


def test_the_same_weights_and_photographs_give_the_same_model(models: Path) -> None:
    for name in ("one", "two"):
        assert main(["import-weights", str(TINY), "-o", str(models / f"{name}.safetensors"), *QUICK]) == exit_codes.OK
    one, two = (read_model(models / f"{name}.safetensors").identity() for name in ("one", "two"))
    assert one == two


def test_a_model_elsewhere_codes_by_its_path_and_says_where_decoding_finds_it(
    tmp_path: Path, models: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere.safetensors"
    assert main(["import-weights", str(TINY), "-o", str(elsewhere), *QUICK]) == exit_codes.OK
    assert str(models) in capsys.readouterr().out
    # The result is verified by decoding it.
    assert main(["encode", "--model", str(elsewhere), "--method", "srec", str(photo)]) == exit_codes.OK


def test_a_file_whose_model_is_gone_names_it_and_the_folder_it_belongs_into(
    models: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Another photograph makes another model: the tests before have one of the same weights at hand.
    words = ["--calibrate", str(REFERENCE / "even_128x96.png"), *QUICK[2:]]
    assert main(["import-weights", str(TINY), *words]) == exit_codes.OK
    assert main(["encode", "--model", "tiny", "--method", "srec", str(photo)]) == exit_codes.OK
    shutil.rmtree(models)
    capsys.readouterr()
    assert main(["verify", str(photo.with_suffix(".srec"))]) == exit_codes.FAILED
    message = capsys.readouterr().err
    assert "made with the model" in message
    assert str(models) in message


def test_a_model_that_exists_is_kept_unless_it_shall_be_replaced(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models.mkdir()
    (models / "tiny.safetensors").write_bytes(b"precious")
    assert main(["import-weights", str(TINY), *QUICK]) == exit_codes.FAILED
    assert "--existing replace" in capsys.readouterr().err
    assert (models / "tiny.safetensors").read_bytes() == b"precious"
    assert main(["import-weights", str(TINY), "--existing", "rename", *QUICK]) == exit_codes.OK
    assert (models / "tiny (1).safetensors").stat().st_size > 1000
    assert main(["import-weights", str(TINY), "--existing", "replace", *QUICK]) == exit_codes.OK
    assert (models / "tiny.safetensors").stat().st_size > 1000


def our_checkpoint(path: Path) -> None:
    """Weights of our own layout, as training saves them."""
    configuration = NetworkConfiguration(features=4, blocks=1, components=1, scales=1, shared_scales=1)
    weights = SuperResolutionNetwork(configuration).state_dict()
    torch.save({"training": {"network": configuration.to_dict()}, "average": weights, "step": 1}, path)


def odd_sizes(path: Path) -> None:
    """An original checkpoint of which one tensor has another size."""
    state = torch.load(TINY, weights_only=True)
    state["nets"]["1.0.rgb_decs.1.head.weight"] = torch.zeros(8, 7, 1, 1)
    torch.save(state, path)


class Harmful:
    """What a pickle could run when it is loaded carelessly."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("harm-was-done"),)  # type: ignore[return-value]


WRONG: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.exists(),
    "a picture": lambda path: shutil.copy(REFERENCE / "odd_97x75.png", path),
    "empty": lambda path: path.write_bytes(b""),
    "a list": lambda path: torch.save([1, 2], path),
    "no weights": lambda path: torch.save({"nets": 5}, path),
    "other names": lambda path: torch.save({"nets": {"conv.weight": torch.zeros(3)}}, path),
    "our own layout": our_checkpoint,
    "odd sizes": odd_sizes,
    "harmful": lambda path: path.write_bytes(pickle.dumps({"nets": Harmful()}, protocol=2)),
}


@pytest.mark.parametrize("kind", list(WRONG))
def test_what_is_no_checkpoint_of_the_original_is_one_clear_message_and_no_file(
    kind: str, tmp_path: Path, models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    checkpoint = tmp_path / "weights.pth"
    WRONG[kind](checkpoint)
    assert main(["import-weights", str(checkpoint), *QUICK]) == exit_codes.FAILED
    message = capsys.readouterr().err
    assert message.startswith("srec: ")
    assert message.count("\n") == 1
    assert not models.exists()
    assert not Path("harm-was-done").exists()


def test_names_that_would_hide_behind_a_shipped_model_or_leave_the_folder_are_refused(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-weights", str(TINY), "--name", "photo", *QUICK]) == exit_codes.FAILED
    assert "--name" in capsys.readouterr().err
    assert main(["import-weights", str(TINY), "--name", "../photo", *QUICK]) == exit_codes.USAGE
    assert main(["import-weights", str(TINY), "-o", "model.bin", *QUICK]) == exit_codes.USAGE
    assert not models.exists()


def test_photographs_that_are_not_there_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nothing").mkdir()
    words = ["import-weights", str(TINY), "--calibrate", str(tmp_path / "nothing")]
    assert main(words) == exit_codes.FAILED
    assert "nothing" in capsys.readouterr().err
