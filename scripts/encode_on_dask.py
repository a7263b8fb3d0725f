"""Compress a folder of pictures with all machines of a Dask cluster (docs/cluster.md; needs the extra `cluster`).

    python scripts/encode_on_dask.py PICTURES RESULTS                         two workers on this machine
    python scripts/encode_on_dask.py PICTURES RESULTS --scheduler tcp://HOST:8786

PICTURES and RESULTS are folders that every machine sees under the same path. May be stopped and run again: what is
done is skipped, and nothing is left half-written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from dask.distributed import Client, LocalCluster, as_completed

TIMES_TRIED = 3


def encode_part(number: int, count: int, pictures: str, results: str) -> dict[str, Any]:
    """Compress one part of the folder, on whichever machine this is called; returns what `srec encode --json` says.

    A process of its own: it takes no harm from what else runs in the worker, and does none.
    """
    command = [sys.executable, "-m", "srec_engine.cli", "encode", pictures, "-o", results, "--mirror"]
    command += ["--shard", f"{number}/{count}", "--json"]
    # The bytes of JSON: a worker's locale need not be able to hold the names of all files.
    done = subprocess.run(command, capture_output=True, check=False)
    if not done.stdout:
        complaint = done.stderr.decode(errors="backslashreplace")
        raise RuntimeError(f"Part {number} of {count} could not be worked on: {complaint}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def connect(scheduler: str | None) -> Client:
    """The cluster that was named, or two workers here. A worker does one part at a time: that uses all its cores."""
    if scheduler is not None:
        return Client(scheduler)
    return Client(LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None))


def encode_folder(client: Client, pictures: Path, results: Path) -> tuple[Counter[str], list[str]]:
    """Share a folder out; returns how many pictures were done, skipped and failed, and what the failed ones said."""
    # Several parts per worker: who is done early takes another, and a machine that is lost takes little with it.
    count = 8 * max(1, len(client.scheduler_info()["workers"]))
    places = [str(pictures.resolve()), str(results.resolve())]
    parts = [
        client.submit(encode_part, number, count, *places, retries=TIMES_TRIED - 1, pure=False)
        for number in range(1, count + 1)
    ]
    totals: Counter[str] = Counter()
    complaints: list[str] = []
    for finished, part in enumerate(as_completed(parts), start=1):
        document = part.result()
        totals.update({state: document[state] for state in ("done", "skipped", "failed")})
        complaints += [complaint(file) for file in document["files"] if file["state"] == "failed"]
        print(f"part {finished} of {count}: {totals['done']} pictures done", flush=True)
    return totals, complaints


def complaint(file: dict[str, Any]) -> str:
    """What one file of `srec encode --json` complains about, with its name."""
    message, source = str(file["message"]), str(file["source"])
    named = message if source in message else f"{source}: {message}"
    # Names that are not in UTF-8 are shown as well as can be.
    return named.encode("utf-8", "backslashreplace").decode()


def main() -> int:
    """Compress a folder; 0 when every picture is done, 1 when some failed."""
    parser = argparse.ArgumentParser(description="Compress a folder of pictures with all machines of a Dask cluster.")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--scheduler", help="address of the cluster's scheduler (default: two workers here)")
    arguments = parser.parse_args()
    with connect(arguments.scheduler) as client:
        totals, complaints = encode_folder(client, arguments.pictures, arguments.results)
    print(f"{totals['done']} done, {totals['skipped']} were there, {totals['failed']} failed")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
