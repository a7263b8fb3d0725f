"""`srec train`: train a network, resume a run, export the integer model."""

from __future__ import annotations

import argparse
import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import torch

from srec_engine.cli.exit_codes import INTERRUPTED, OK
from srec_engine.cli.model_files import require_model_name
from srec_engine.cli.train_arguments import add_train_arguments, configuration_from
from srec_engine.cli.train_progress import MessagesAboveBar, TrainingBar
from srec_engine.errors import MissingDependencyError, ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import write_model
from srec_engine.model.integer_model import IntegerModel
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import listed_files, load_images
from srec_engine.training.distributed import Workers, started_workers
from srec_engine.training.execution import Execution, keep_freed_memory, usable_device
from srec_engine.training.records import Reporter
from srec_engine.training.tensorboard import TensorBoard
from srec_engine.training.trainer import Trainer
from srec_engine.training.validation import EvaluationImages

__all__ = ["add_arguments", "run"]

logger = logging.getLogger(__name__)

EVALUATE_EVERY = 500
"""Steps between evaluations where nothing else was said."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    add_train_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train; returns the exit code."""
    bar = TrainingBar()
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[MessagesAboveBar(bar)])
    configuration = configuration_from(arguments)
    _check_export(arguments, configuration)
    until = None if arguments.max_minutes is None else time.monotonic() + 60 * arguments.max_minutes
    _prepare_torch(arguments)
    with started_workers(arguments.device) as workers:
        trainer = _trainer(arguments, configuration, workers, bar)
        if trainer.checkpoint_path.exists():
            trainer.resume()
        elif arguments.start is not None:
            trainer.start_from(arguments.start)
        with _stopping_on_signals(trainer) as signals:
            every = arguments.eval_every or trainer.configuration.epoch_steps or EVALUATE_EVERY
            trainer.run(until, arguments.save_every, every)
    steps = trainer.configuration.steps
    if workers.leads:
        print(f"{trainer.step} of {steps} steps are done; the checkpoint is {trainer.checkpoint_path}.")
    if arguments.export is not None and workers.leads and trainer.step >= steps:
        write_model(_exported(trainer, arguments), arguments.export)
        print(f"The integer model is {arguments.export}.")
    return INTERRUPTED if signal.SIGINT in signals else OK


def _prepare_torch(arguments: argparse.Namespace) -> None:
    keep_freed_memory()
    if arguments.threads is not None:
        torch.set_num_threads(arguments.threads)
    if arguments.device.startswith("cuda"):
        torch.backends.cudnn.benchmark = True  # all batches have one shape


def _check_export(arguments: argparse.Namespace, configuration: TrainingConfiguration) -> None:
    """Refuse before the run what could not be exported after it."""
    if arguments.export is None:
        return
    require_model_name(arguments.export, "--export")
    if configuration.network.layout == NetworkConfiguration.original().layout:
        checkpoint = arguments.folder / "checkpoint.pt"
        raise ModelError(
            "A network of the original layout is trained without --export; when the run is finished, srec "
            f"import-weights {checkpoint} makes a model of it."
        )


def _trainer(
    arguments: argparse.Namespace, configuration: TrainingConfiguration, workers: Workers, bar: TrainingBar
) -> Trainer:
    """The run with its images; every image is read before anything is written."""
    if not workers.leads:
        logging.getLogger("srec_engine").setLevel(logging.ERROR)  # one process says what all of them see
    device = str(usable_device(workers.device(arguments.device)))
    sources = [*arguments.data, *listed_files(arguments.train_path, arguments.train_file)]
    if not sources:
        raise argparse.ArgumentTypeError("no images to train on were named: give folders, files, packs or --train-path")
    images = load_images(sources, configuration.crop)
    megapixels = sum(image.shape[1] * image.shape[2] for image in images) / 1e6
    logger.info("Training on %d images with %.1f megapixels.", len(images), megapixels)
    evaluation = None
    evaluation_sources = listed_files(arguments.eval_path, arguments.eval_file)
    if evaluation_sources:
        whole = load_images(evaluation_sources, max(1, arguments.eval_crop))
        evaluation = EvaluationImages(whole, arguments.eval_crop, device)
    reporters: list[Reporter] = [bar]
    if arguments.tensorboard and workers.leads:
        reporters.append(TensorBoard(arguments.folder, arguments.plot_iters))
    execution = Execution(arguments.compile, arguments.workers, not arguments.no_device_data)
    return Trainer(
        configuration, images, arguments.folder, device, workers,
        execution=execution, evaluation=evaluation, reporters=reporters,
    )  # fmt: skip


@contextmanager
def _stopping_on_signals(trainer: Trainer) -> Iterator[set[int]]:
    """Let SIGTERM and Ctrl+C end the run with a checkpoint; a second Ctrl+C ends it at once. Gives those that came."""
    came: set[int] = set()

    def stop(number: int, _frame: FrameType | None) -> None:
        if number in came and number == signal.SIGINT:
            raise KeyboardInterrupt
        came.add(number)
        trainer.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exported(trainer: Trainer, arguments: argparse.Namespace) -> IntegerModel:
    # Not needed, and not there, where only training is wanted.
    from srec_engine.codec.admission import with_walks
    from srec_engine.integer.recipe import export_run

    model = export_run(trainer.checkpoint_path, arguments.name or arguments.export.stem)
    try:
        return with_walks(model)
    except MissingDependencyError:  # a machine that only trains has no entropy coder; the first that codes makes them
        return model
