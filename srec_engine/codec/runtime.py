"""A model made ready on a device, with the entropy coder: what every coding operation needs."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from srec_engine.entropy import choose_coder
from srec_engine.entropy.steps import EntropyCoder
from srec_engine.entropy.tables import DistributionTables
from srec_engine.errors import ModelError
from srec_engine.integer.layouts import prepare_network
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.adaptation import Adaptation
from srec_engine.model.file import read_model
from srec_engine.model.integer_model import IntegerModel
from srec_engine.options import CodecOptions

__all__ = ["MessageCallback", "Runtime", "load_runtime", "model_tables", "silent", "thread_count"]

MessageCallback = Callable[[str], None]


def silent(_text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class Runtime:
    """Everything that codes.

    Attributes:
        model: The model.
        model_id: Its SHA-256.
        network: The model on a device.
        tables: Its distribution tables.
        coder: The entropy coder.
        threads: Tiles that are worked on at the same time.
    """

    model: IntegerModel
    model_id: bytes
    network: CodingNetwork
    tables: DistributionTables
    coder: EntropyCoder
    threads: int

    def adapted(self, adaptation: Adaptation | None) -> Runtime:
        """The same with one picture's corrections of the model.

        Raises:
            ModelError: When the model cannot take them.
        """
        return self if adaptation is None else replace(self, network=self.network.adapted(adaptation))

    @contextmanager
    def pool(self, tasks: int) -> Iterator[ThreadPoolExecutor]:
        """Threads for `tasks` independent pieces of work; torch gets the cores that pieces are too few for."""
        workers = max(1, min(self.threads, tasks))
        with ThreadPoolExecutor(
            workers, "srec-tile", torch.set_num_threads, (max(1, self.threads // workers),)
        ) as pool:
            yield pool


def thread_count(options: CodecOptions) -> int:
    """Threads to use: as asked for, else one per core this process may run on."""
    if options.threads is not None:
        return max(1, options.threads)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load_runtime(path: Path, options: CodecOptions, message: MessageCallback = silent) -> Runtime:
    """Read the model at `path` and make it ready.

    Raises:
        ModelError: When the model cannot be used, or no kernel is exact on the device.
        MissingDependencyError: When no entropy coder works.
    """
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    model, model_id, tables = _load_model(path, changed)
    network = _load_network(path, changed, options.device, options.kernel)
    return Runtime(model, model_id, network, tables, choose_coder("auto", message), thread_count(options))


@functools.lru_cache(maxsize=4)
def _load_model(path: Path, changed: int) -> tuple[IntegerModel, bytes, DistributionTables]:  # noqa: ARG001
    """The model with its id and tables; `changed` makes a rewritten file be read again."""
    model = read_model(path)
    return model, model.identity(), model_tables(model)


@functools.lru_cache(maxsize=4)
def _load_network(path: Path, changed: int, device: str, kernel: str) -> CodingNetwork:
    model, _, _ = _load_model(path, changed)
    if device != "auto":
        return prepare_network(model, _checked_device(device), kernel)
    for candidate in _accelerators():
        try:
            return prepare_network(model, candidate, kernel)
        except (ModelError, RuntimeError):  # not exact there, or out of memory: the next device is tried
            continue
    return prepare_network(model, "cpu", kernel)


def _accelerators() -> list[str]:
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return [] if accelerator is None else [str(accelerator)]


def _checked_device(name: str) -> str:
    try:
        torch.empty(1, device=name)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"The device {name!r} cannot be used here ({reason}). Choose auto or cpu.") from error
    return name


def model_tables(model: IntegerModel) -> DistributionTables:
    """The model's distribution tables, checked.

    Raises:
        ModelError: When they are missing or damaged.
    """
    try:
        return DistributionTables(
            sigmoid=model.tables["sigmoid"],
            exponential=model.tables["exponential"],
            inverse_scale=model.tables["inverse_scale"],
            log_scale_minimum=int(np.asarray(model.tables["log_scale_minimum"]).reshape(())),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"The model lacks a distribution table ({error}). Install it again.") from error
