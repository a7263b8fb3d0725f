"""A model made ready on a device, with the entropy coder: what every coding operation needs."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from srec_engine.codec.admission import Candidate, admitted_network
from srec_engine.codec.processor import Processor, failure_of
from srec_engine.entropy import choose_coder
from srec_engine.entropy.steps import EntropyCoder
from srec_engine.entropy.tables import DistributionTables
from srec_engine.errors import ModelError
from srec_engine.integer.layouts import prepare_network
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.integer.tables import model_tables
from srec_engine.model.adaptation import Adaptation
from srec_engine.model.file import read_model, unusable_model
from srec_engine.model.integer_model import IntegerModel
from srec_engine.options import CodecOptions

__all__ = ["MessageCallback", "Runtime", "load_runtime", "load_unproven_runtime", "silent", "thread_count"]

MessageCallback = Callable[[str], None]


def silent(_text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class Runtime:
    """Everything that codes.

    Attributes:
        model: The model.
        model_id: Its SHA-256.
        processor: The model on a device, and on the CPU should that fail.
        tables: Its distribution tables.
        coder: The entropy coder.
        threads: Tiles that are worked on at the same time.
    """

    model: IntegerModel
    model_id: bytes
    processor: Processor
    tables: DistributionTables
    coder: EntropyCoder
    threads: int

    def adapted(self, adaptation: Adaptation | None) -> Runtime:
        """The same with one picture's corrections of the model.

        Raises:
            ModelError: When the model cannot take them.
        """
        return self if adaptation is None else replace(self, processor=self.processor.adapted(adaptation))

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
    candidate = _candidate(path, message)
    return _runtime(candidate, _NetworkLoader(candidate, options.kernel).processor(options.device), options)


def load_unproven_runtime(path: Path, options: CodecOptions) -> Runtime:
    """The model at `path` by a named kernel that is taken at its word: to compare with, never to code with.

    Raises:
        ModelError: When the model cannot be used.
        RuntimeError: When the kernel does not exist on the device.
    """
    network = _unproven_network(path, _changed(path), options.device, options.kernel)
    return _runtime(_candidate(path, silent), Processor(network), options)


def _candidate(path: Path, message: MessageCallback) -> Candidate:
    return Candidate(*_load_model(path, _changed(path)), choose_coder("auto", message))


def _changed(path: Path) -> int:
    """When a file was written last, so that a rewritten one is read again."""
    return path.stat().st_mtime_ns if path.is_file() else 0


def _runtime(candidate: Candidate, processor: Processor, options: CodecOptions) -> Runtime:
    return Runtime(
        candidate.model, candidate.model_id, processor, candidate.tables, candidate.coder, thread_count(options)
    )


@functools.lru_cache(maxsize=4)
def _load_model(path: Path, changed: int) -> tuple[IntegerModel, bytes, DistributionTables]:  # noqa: ARG001
    """The model with its id and tables."""
    model = read_model(path)
    try:
        tables = model_tables(model)
    except ModelError as error:
        raise unusable_model(path, error) from error
    return model, model.identity(), tables


@functools.lru_cache(maxsize=2)
def _unproven_network(path: Path, changed: int, device: str, kernel: str) -> CodingNetwork:
    model, _, _ = _load_model(path, changed)
    return prepare_network(model, device, kernel, checked=False)


_networks: dict[tuple[bytes, str, str], CodingNetwork | Exception] = {}
"""Networks that were made ready, or why they never can be, by the model's id, device and kernel."""

_LASTING = (ModelError, NotImplementedError, TypeError)
"""What a device lacks for good. Memory may be free the next time, and a lost device found."""

MOST_NETWORKS = 8
"""Networks that are kept ready."""


@dataclass(frozen=True, eq=False)
class _NetworkLoader:
    """Makes a model ready on the devices of this machine, once on each.

    Attributes:
        candidate: The model.
        kernel: Name of the kernel, or "auto".
    """

    candidate: Candidate
    kernel: str

    def processor(self, device: str) -> Processor:
        """The network on the device that was asked for, else on the first that is exact.

        Raises:
            ModelError: When the device does not exist, or no kernel is exact there.
        """
        if device == "cpu":
            return Processor(self.on_cpu())
        failure = ""
        for name in _accelerators() if device == "auto" else [self._known_device(device)]:
            try:
                return Processor(self._on(name), self.on_cpu)
            except ModelError:
                if device != "auto":
                    raise
            except Exception as error:  # noqa: BLE001 - whatever a device that fails raises
                failure = failure_of(name, error)
        return Processor(self.on_cpu(), None, failure)

    def _known_device(self, name: str) -> str:
        """A device that was asked for. One that was ready before may be lost by now: that is a failure, no mistake."""
        return name if (self.candidate.model_id, name, self.kernel) in _networks else _checked_device(name)

    def on_cpu(self) -> CodingNetwork:
        """The network on the CPU."""
        return self._on("cpu")

    def _on(self, device: str) -> CodingNetwork:
        key = (self.candidate.model_id, device, self.kernel)
        found = _networks.get(key)
        if found is None:
            try:
                found = admitted_network(self.candidate, device, self.kernel)
            except _LASTING as error:
                found = error
            while len(_networks) >= MOST_NETWORKS:
                _networks.pop(next(iter(_networks)), None)
            _networks[key] = found
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found


def _accelerators() -> list[str]:
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return [] if accelerator is None else [str(accelerator)]


def _checked_device(name: str) -> str:
    try:
        torch.empty(1, device=name)
    except torch.OutOfMemoryError:
        return name  # it is there, and full
    except Exception as error:
        # torch loads what a device needs by its name, so anything may be raised.
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(f"The device {name!r} cannot be used here ({reason}). Choose auto or cpu.") from error
    return name
