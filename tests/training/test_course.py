"""The course of a run: schedule, evaluations, best weights, curves, and what can go wrong on the way."""

from __future__ import annotations

import csv
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from srec_engine.errors import ModelError, OutputError, SrecError
from srec_engine.network.checkpoint import load_network
from srec_engine.training.configuration import OPTIMISERS, TrainingConfiguration
from srec_engine.training.evaluation import Evaluation, PartBits
from srec_engine.training.execution import Execution
from srec_engine.training.presets import PRESETS
from srec_engine.training.trainer import Trainer
from srec_engine.training.validation import BestWeights, EvaluationImages


@pytest.fixture
def evaluation(images: Sequence[NDArray[np.uint8]]) -> EvaluationImages:
    return EvaluationImages(images, 16)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as stream:
        return list(csv.DictReader(stream))


def weights_equal(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(tensor, right[name]) for name, tensor in left.items())


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_killed_run_continues_exactly_with_every_optimiser_and_its_best_weights(
    small: TrainingConfiguration,
    images: Sequence[NDArray[np.uint8]],
    evaluation: EvaluationImages,
    tmp_path: Path,
    optimiser: str,
) -> None:
    configuration = replace(small, optimiser=optimiser, weight_decay=0.01)  # type: ignore[arg-type]
    whole = Trainer(configuration, images, tmp_path / "whole", evaluation=evaluation)
    whole.run(evaluate_every=2)

    class Killed(Exception):
        """Like SIGKILL, this leaves rows in the curves that no checkpoint knows."""

    class KillsAfterFive:
        def begun(self, step: int, steps: int) -> None: ...

        def trained(self, records: object) -> None: ...

        def evaluated(self, step: int, evaluation: Evaluation, quantised: bool) -> None:
            if step == 4:
                raise Killed

        def ended(self) -> None: ...

    first = Trainer(configuration, images, tmp_path / "parts", evaluation=evaluation, reporters=[KillsAfterFive()])
    with pytest.raises(Killed):
        first.run(save_every=3, evaluate_every=2)
    second = Trainer(configuration, images, tmp_path / "parts", evaluation=evaluation)
    second.resume()
    assert second.step == 3
    second.run(evaluate_every=2)
    assert weights_equal(whole.network.state_dict(), second.network.state_dict())
    assert weights_equal(whole.average, second.average)
    assert second.best == whole.best
    curves = [[(row["step"], row["bpsp"]) for row in rows(tmp_path / run / "curve.csv")] for run in ("whole", "parts")]
    assert curves[0] == curves[1]
    assert rows(tmp_path / "whole" / "evaluation.csv") == rows(tmp_path / "parts" / "evaluation.csv")


def test_the_best_weights_are_those_of_the_lowest_evaluation_and_load_like_a_checkpoint(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], evaluation: EvaluationImages, tmp_path: Path
) -> None:
    trainer = Trainer(small, images, tmp_path, evaluation=evaluation)
    trainer.run(evaluate_every=1)
    assert trainer.best is not None
    assert trainer.best.quantised
    quantised = [float(row["bpsp"]) for row in rows(tmp_path / "evaluation.csv") if row["quantised"] == "1"]
    assert trainer.best.bpsp == pytest.approx(min(quantised), abs=1e-5)
    assert evaluation.evaluate(load_network(trainer.best_path)).bpsp == pytest.approx(trainer.best.bpsp)


def test_rounded_weights_beat_float_ones_whatever_they_cost() -> None:
    best = BestWeights(3.0, 10, quantised=False)
    assert best.beaten_by(BestWeights(2.9, 20, quantised=False))
    assert best.beaten_by(BestWeights(3.1, 20, quantised=True))
    assert not BestWeights(3.1, 20, quantised=True).beaten_by(BestWeights(3.1, 30, quantised=True))


def test_a_run_without_a_quantised_phase_is_never_marked_as_rounded(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path
) -> None:
    trainer = Trainer(replace(small, steps=2, quantised_from=1.0), images, tmp_path)
    trainer.run()
    assert not trainer.quantised


def test_the_originals_learning_rate_falls_by_a_quarter_every_so_many_epochs(small: TrainingConfiguration) -> None:
    preset = PRESETS["original-openimages"]
    run = replace(preset, batch=4, decay_epochs=2).for_images(41)
    assert (run.epoch_steps, run.steps) == (10, 500)
    rates = [run.learning_rate_at(step) for step in (0, 19, 20, 40)]
    assert rates == pytest.approx([1e-4, 1e-4, 0.75e-4, 0.75**2 * 1e-4])
    assert (preset.crop, preset.epochs, preset.network.blocks, preset.network.features) == (128, 50, 5, 64)
    assert (PRESETS["original-imagenet64"].crop, PRESETS["original-imagenet64"].epochs) == (64, 10)


def test_settings_that_no_run_can_have_are_named(small: TrainingConfiguration) -> None:
    for setting in ({"batch": 0}, {"learning_rate": -1.0}, {"average": float("nan")}):
        with pytest.raises(ModelError, match=next(iter(setting))):
            replace(small, **setting)  # type: ignore[arg-type]


def test_a_checkpoint_from_before_a_setting_existed_gives_it_its_default(small: TrainingConfiguration) -> None:
    values = small.to_dict()
    del values["noise"]
    assert TrainingConfiguration.from_dict(values) == small
    with pytest.raises(ModelError, match="colour"):
        TrainingConfiguration.from_dict({**values, "colour": 1})


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path
) -> None:
    trainer = Trainer(small, images, tmp_path)
    trainer.save()
    before = trainer.checkpoint_path.read_bytes()
    with torch.no_grad():
        next(trainer.network.parameters()).fill_(float("nan"))
    with pytest.raises(SrecError, match="not a number"):
        trainer.run(save_every=1)
    assert trainer.checkpoint_path.read_bytes() == before


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """What a full disk does to a file that grows beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_one_clear_error_and_the_old_checkpoint_stays(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path
) -> None:
    trainer = Trainer(small, images, tmp_path)
    trainer.save()
    before = trainer.checkpoint_path.read_bytes()
    trainer.train_step()
    with largest_file(len(before) // 2), pytest.raises(OutputError, match="Free some space"):
        trainer.save()
    assert trainer.checkpoint_path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_a_folder_that_cannot_be_made_is_one_clear_error(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        Trainer(small, images, tmp_path / "file" / "run").run()


def test_what_is_no_checkpoint_of_this_run_is_refused(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path
) -> None:
    trainer = Trainer(small, images, tmp_path)
    trainer.checkpoint_path.write_bytes(b"cut off")
    with pytest.raises(ModelError, match=r"checkpoint\.pt is not a checkpoint"):
        trainer.resume()
    torch.save({"average": trainer.average, "training": small.to_dict()}, trainer.checkpoint_path)
    with pytest.raises(ModelError, match="no checkpoint that a run could continue from"):
        trainer.resume()


def test_a_run_that_goes_on_with_other_images_says_so(
    small: TrainingConfiguration,
    images: Sequence[NDArray[np.uint8]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    Trainer(small, images, tmp_path).save()
    Trainer(small, images[:2], tmp_path).resume()
    assert "other images" in caplog.text


def test_a_mode_of_compilation_that_does_not_work_is_done_without(
    small: TrainingConfiguration,
    images: Sequence[NDArray[np.uint8]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plain = Trainer(small, images, tmp_path)
    bits = plain.train_step()
    trainer = Trainer(small, images, tmp_path, execution=Execution(compile_mode="no such mode"))
    assert torch.equal(trainer.train_step(), bits)
    assert "does not work here" in caplog.text


def test_parts_of_several_images_add_up() -> None:
    from srec_engine.training.evaluation import total

    one = Evaluation(12, (PartBits(0, "pixel 1", 6.0, 8.0),), 1, 80.0)
    two = Evaluation(24, (PartBits(0, "pixel 1", 3.0, 8.0),), 1, 80.0)
    assert total([one, two]) == Evaluation(36, (PartBits(0, "pixel 1", 9.0, 16.0),), 1, 160.0)
    assert total([one, two]).container_bits == 144.0
    assert total([one, replace(two, file_bits=None)]).file_bits is None


def test_a_long_gradient_is_clipped(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path
) -> None:
    configuration = replace(small, optimiser="sgd", learning_rate=1.0, warm_up=0, clip=1e-3, average=0.0)
    trainer = Trainer(configuration, images, tmp_path)
    before = torch.cat([weight.detach().flatten().clone() for weight in trainer.network.parameters()])
    trainer.train_step()
    after = torch.cat([weight.detach().flatten() for weight in trainer.network.parameters()])
    # Nesterov's first step is 1.9 times the gradient.
    assert float((after - before).norm()) == pytest.approx(1.9e-3, rel=1e-3)
    assert weights_equal(trainer.average, dict(trainer.network.state_dict()))


def test_bfloat16_is_used_where_the_device_has_it_and_float32_elsewhere(
    small: TrainingConfiguration, images: Sequence[NDArray[np.uint8]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_bits(*, wanted: bool, has_it: bool) -> torch.Tensor:
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has_it)
        return Trainer(replace(small, bfloat16=wanted), images, tmp_path).train_step()

    exact = first_bits(wanted=False, has_it=True)
    assert torch.equal(first_bits(wanted=True, has_it=False), exact)
    rounded = first_bits(wanted=True, has_it=True)
    assert not torch.equal(rounded, exact)
    assert torch.allclose(rounded, exact, rtol=0.02)
