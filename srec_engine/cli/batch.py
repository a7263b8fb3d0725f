"""Work on many files: progress, messages, cancelling, and one exit code for all of it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from srec_engine.cli.exit_codes import FAILED, INTERRUPTED, OK
from srec_engine.cli.inputs import Source, collect_sources
from srec_engine.cli.interrupts import Interrupts
from srec_engine.cli.outcome import Outcome, State
from srec_engine.cli.progress import ProgressBar
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.errors import Cancelled
from srec_engine.files import FileKind, fault_sentence

__all__ = ["MOST_AT_ONCE", "BatchResult", "Work", "print_json", "run_batch", "run_on_srec_files"]

MOST_AT_ONCE = min(4, os.cpu_count() or 1)
"""Files that are worked on at the same time, where each keeps but one processor busy. Each takes its memory, too."""

Work = Callable[[Source, CancelToken, ProgressCallback], Outcome]


@dataclass(slots=True)
class BatchResult:
    """What became of a batch.

    Attributes:
        outcomes: Of the files that were begun and not stopped, in order.
        interrupted: Whether the person stopped it.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    interrupted: bool = False

    def count(self, state: State) -> int:
        """How many files ended that way."""
        return sum(outcome.state is state for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        """As documented in `exit_codes`."""
        if self.interrupted:
            return INTERRUPTED
        return FAILED if self.count(State.FAILED) else OK


def run_batch(
    sources: Sequence[Source], work: Work, *, quiet: bool, beside: Callable[[Source], bool] = lambda _source: False
) -> BatchResult:
    """Work on files one after the other, or some beside each other; one that fails does not stop the others.

    Args:
        sources: The files.
        work: Does one file. What it raises becomes a failed outcome.
        quiet: Print nothing on standard output (the caller prints JSON); errors are always named on standard error.
        beside: Tells which files keep one processor busy and no more: neighbours of that kind are done several at a
            time, at most `MOST_AT_ONCE`, in any order. What is printed and returned keeps the order of the sources.
    """
    result = BatchResult()
    with Interrupts() as interrupts, ProgressBar(len(sources)) as bar, ThreadPoolExecutor(MOST_AT_ONCE) as pool:

        def begin(source: Source) -> Callable[[], Outcome]:
            interrupts.token.raise_if_cancelled()
            return partial(_attempt, source, work, interrupts.token, bar.begin(source.path.name))

        for finished in _finished(sources, begin, beside, pool):
            try:
                outcome = finished()
            except Cancelled:
                result.interrupted = True
                continue
            result.outcomes.append(outcome)
            bar.end()
            with bar.paused():
                _tell(outcome, quiet=quiet)
    if result.interrupted:
        print(f"Stopped after {len(result.outcomes)} of {len(sources)}.", file=sys.stderr)
    return result


def _finished(
    sources: Sequence[Source],
    begin: Callable[[Source], Callable[[], Outcome]],
    beside: Callable[[Source], bool],
    pool: Executor,
) -> Iterator[Callable[[], Outcome]]:
    """What gives the outcome of each file, in order, or raises `Cancelled`; after that no more are begun."""
    running: deque[Future[Outcome]] = deque()
    try:
        for source in sources:
            alone = MOST_AT_ONCE == 1 or not beside(source)
            while running and (alone or len(running) == MOST_AT_ONCE or running[0].done()):
                yield running.popleft().result
            work = begin(source)
            if alone:
                yield work
            else:
                running.append(pool.submit(work))
    except Cancelled as stopped:
        yield partial(_raise, stopped)
    while running:
        yield running.popleft().result


def _raise(error: Cancelled) -> Outcome:
    raise error


def _attempt(source: Source, work: Work, cancel: CancelToken, progress: ProgressCallback) -> Outcome:
    """Do one file; the boundary behind which its trouble, of whatever library, is its own."""
    if source.trouble:
        return Outcome(source.path, State.FAILED, source.trouble)
    try:
        return work(source, cancel, progress)
    except (Cancelled, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    # Not only Exception: libraries that are written in Rust raise what is none (PanicException).
    except BaseException as error:  # noqa: BLE001
        return Outcome(source.path, State.FAILED, fault_sentence(error, source.path))


def _tell(outcome: Outcome, *, quiet: bool) -> None:
    """Print the line of one file: figures on standard output, what went wrong on standard error."""
    if outcome.state is State.FAILED:
        # Most of the engine's messages name the file already.
        named = str(outcome.source) in outcome.message
        print(outcome.message if named else f"{outcome.source}: {outcome.message}", file=sys.stderr)
    elif not quiet:
        print(f"{outcome.source}: {outcome.message}", flush=True)
    for note in outcome.notes if not quiet else ():
        print(f"    {note}", flush=True)


def run_on_srec_files(arguments: argparse.Namespace, work: Work, sources: Sequence[Source] | None = None) -> int:
    """Do a command's work on every `.srec` file that its arguments name; the exit code.

    Args:
        arguments: Of a parser that has the arguments for inputs and for JSON.
        work: Does one file.
        sources: The files, where they have been collected already.
    """
    if sources is None:
        sources = collect_sources(arguments, {FileKind.SREC})
    result = run_batch(sources, work, quiet=arguments.json)
    if arguments.json:
        print_json(result)
    return result.exit_code


def print_json(result: BatchResult, **totals: Any) -> None:
    """Print a batch as one JSON document: `files`, counts by state, and what the caller adds."""
    document = {
        "files": [outcome.as_json() for outcome in result.outcomes],
        **{state.value: result.count(state) for state in State},
        "interrupted": result.interrupted,
        **totals,
    }
    print(_as_text(document))


def _as_text(document: dict[str, Any]) -> str:
    """A JSON text that standard output can hold: readable where it takes UTF-8 and all names have it, else escaped."""
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    try:
        text.encode("utf-8")
        plain = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    except UnicodeEncodeError:
        plain = False
    return text if plain else json.dumps(document, indent=2, default=str)
