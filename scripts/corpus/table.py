"""Take every picture of the corpus through `.srec` and back, and show what became of them (docs/corpus.md).

    python scripts/corpus/table.py FOLDER [--json FILE] [--jobs N]

Each picture is worked on in a process that may die or hang; that is a row of the table, not its end. The exit code is 1
when something was lost, wrong or crashed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import selectors
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from srec_engine import Method

OUTCOMES = ("exact", "rebuilt", "refused", "lost", "wrong", "crashed")
BAD = ("lost", "wrong", "crashed")
METHODS = tuple(method.value for method in Method)
SHOWN_EVERY = 100
SECONDS_TO_START = 120
"""A worker's first picture also loads torch and the model."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a picture.

    Attributes:
        file: Path in the corpus.
        kind: Format ("PNG").
        outcome: One of `OUTCOMES`.
        method: How the `.srec` held it; "" when there is none.
        note: What the encoder said.
        details: What differs, what was said, or what broke.
        seconds: For both ways and the comparison.
        source_bytes, file_bytes: Sizes of the picture and of its `.srec`.
    """

    file: str
    kind: str
    outcome: str
    method: str = ""
    note: str = ""
    details: list[str] = field(default_factory=list)
    seconds: float = 0.0
    source_bytes: int = 0
    file_bytes: int = 0


class Worker:
    """A process that does one picture after another, started anew when it is gone."""

    def __init__(self, folder: Path, settings: dict[str, Any], limit: float) -> None:
        self._folder, self._settings, self._limit = folder, settings, limit
        self._process: subprocess.Popen[str] | None = None

    def row_of(self, path: Path) -> Row:
        """Do one picture; a death or a hang becomes its row."""
        file, kind = path.relative_to(self._folder).as_posix(), path.suffix.lstrip(".").upper()
        limit = self._limit
        if self._process is None:
            limit += SECONDS_TO_START
            command = [sys.executable, str(Path(__file__).with_name("worker.py"))]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        answer = self._ask(self._process, json.dumps(self._settings | {"source": str(path)}) + "\n", limit)
        if answer:
            return Row(file=file, **json.loads(answer))
        code = self._process.poll()
        said = f"no end within {limit:g} seconds" if code is None else f"the process ended with code {code}"
        self.stop()
        return Row(file, kind, "crashed", details=[said])

    @staticmethod
    def _ask(process: subprocess.Popen[str], question: str, limit: float) -> str:
        """The answer, or "" when the process died or takes too long."""
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(question)
            process.stdin.flush()
        except OSError:
            return ""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(limit):
                return ""
        answer = process.stdout.readline()
        if not answer:
            process.wait()
        return answer

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._process = None


def rows_of(folder: Path, settings: dict[str, Any], jobs: int, limit: float) -> Iterator[Row]:
    """The rows of all pictures of a folder, in the order of their names."""
    files = sorted(path for path in folder.glob("[!.]*/*") if path.is_file())
    own = threading.local()
    workers: list[Worker] = []

    def row_of(path: Path) -> Row:
        if not hasattr(own, "worker"):
            own.worker = Worker(folder, settings, limit)
            workers.append(own.worker)
        row: Row = own.worker.row_of(path)
        return row

    try:
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(row_of, files)
    finally:
        for worker in workers:
            worker.stop()


def table_of(rows: Iterable[Row]) -> str:
    """A table in Markdown: a line for each format, and one for all."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        for kind in (row.kind, "all"):
            counts.setdefault(kind, Counter()).update(["files", row.outcome, *([row.method] if row.method else [])])
    columns = ("files", *METHODS, *OUTCOMES)
    lines = ["| format | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    kinds = sorted(counts, key=lambda name: (name == "all", -counts[name]["files"], name))
    lines += [f"| {kind} | " + " | ".join(str(counts[kind][column]) for column in columns) + " |" for kind in kinds]
    return "\n".join(lines)


def reasons_of(rows: Iterable[Row]) -> str:
    """Why files were kept as their bytes, with how often; numbers in a reason count as one."""
    reasons = Counter(row.note or "(no reason given)" for row in rows if row.method == "verbatim")
    return "\n".join(f"{count:5}  {reason}" for reason, count in reasons.most_common())


def tell(rows: list[Row]) -> None:
    """Print the table, the reasons, and every row that is not as it should be."""
    print(table_of(rows))
    print("\nKept as their bytes, and why:\n" + reasons_of(rows))
    for outcome in (*BAD, "refused"):
        for row in rows:
            if row.outcome == outcome:
                print(f"\n{outcome}: {row.file} ({row.kind}, {row.method or 'no .srec'}; {row.note})")
                for detail in row.details[:6]:
                    print(f"    {detail[:400]}")


def main() -> int:
    """Run over a folder; 1 when something was lost, wrong or crashed."""
    parser = argparse.ArgumentParser(description="Take every picture of the corpus through .srec and back.")
    parser.add_argument("folder", type=Path, help="what fetch.py filled")
    parser.add_argument("--json", type=Path, help="also write every row to this file")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time (default 1)")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for one picture (default 120)")
    parser.add_argument("--method", choices=METHODS, help="force a method (default: the smallest)")
    parser.add_argument("--model", default="photo", help="model of the network (default photo)")
    arguments = parser.parse_args()
    settings = {"method": arguments.method, "model": arguments.model, "threads": 1 if arguments.jobs > 1 else None}
    rows = []
    for row in rows_of(arguments.folder.resolve(), settings, arguments.jobs, arguments.limit):
        rows.append(row)
        if row.outcome in BAD:
            print(f"{row.outcome}: {row.file}", file=sys.stderr, flush=True)
        if len(rows) % SHOWN_EVERY == 0:
            print(f"{len(rows)} pictures are done", file=sys.stderr, flush=True)
    if arguments.json is not None:
        document = [asdict(row) for row in rows]
        arguments.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    tell(rows)
    return 1 if any(row.outcome in BAD for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
