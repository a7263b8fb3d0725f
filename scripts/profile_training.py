"""Measure a training step on the CPU: processor seconds, and the share that the convolutions have of them.

    python scripts/profile_training.py [--preset photo] [--batch 4] [--rounded] [--compile] [--steps 30]

One thread, crops of the sample photograph. The smallest time of all steps is printed beside the median: on a machine
that is busy otherwise, caches are shared and the median rises.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from srec_engine.resources import resource_path
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import load_images
from srec_engine.training.execution import Execution, keep_freed_memory
from srec_engine.training.presets import PRESETS
from srec_engine.training.trainer import Trainer

PROFILED_STEPS = 4


def configuration_from(arguments: argparse.Namespace) -> TrainingConfiguration:
    """The preset, from its first step on in floating point or rounded."""
    preset = PRESETS[arguments.preset]
    return replace(preset, batch=arguments.batch, quantised_from=0.0 if arguments.rounded else 1.0)


def step_seconds(trainer: Trainer) -> float:
    """Processor seconds of one step."""
    started = time.process_time()
    trainer.train_step()
    return time.process_time() - started


def convolution_share(trainer: Trainer) -> float:
    """Share of the convolutions, forwards and backwards, in a few profiled steps (profiling lengthens the rest)."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(PROFILED_STEPS):
            trainer.train_step()
    times: dict[str, float] = {event.key: event.self_cpu_time_total for event in profiler.key_averages()}
    return sum(spent for name, spent in times.items() if "convolution" in name.lower()) / sum(times.values())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="photo")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounded", action="store_true", help="the second phase of a run")
    parser.add_argument("--compile", action="store_true", help="with torch.compile")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    configuration = configuration_from(arguments)
    images = load_images([resource_path("sample")], configuration.crop)
    execution = Execution("default" if arguments.compile else "", threads=0)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(configuration, images, Path(folder), execution=execution)
        began = time.perf_counter()
        for _ in range(3):
            trainer.train_step()
        print(f"first three steps: {time.perf_counter() - began:.1f} s of wall time")
        times = [step_seconds(trainer) for _ in range(arguments.steps)]
        print(f"a step: {min(times):.3f} s of processor time at least, median {statistics.median(times):.3f} s")
        print(f"convolutions: {100 * convolution_share(trainer):.0f} %")


if __name__ == "__main__":
    main()
