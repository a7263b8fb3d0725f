"""One process that takes pictures through `.srec` and back: `table.py` starts it, and another when it dies.

Reads a line of JSON for each picture, and answers with one: the row of the table.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from corpus.oracle import judge, kind_of

import srec_engine
from srec_engine import CodecOptions, EncodeOptions, Method, SrecError

__all__ = ["round_trip"]


def round_trip(source: Path, options: EncodeOptions) -> dict[str, Any]:
    """Encode a picture, decode the result, compare; returns what `table.Row` is made of."""
    data = source.read_bytes()
    row: dict[str, Any] = {"kind": kind_of(data, source.suffix.lstrip(".")), "method": "", "note": "", "details": []}
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        try:
            row |= _way_and_back(source, data, Path(place), options)
        except Exception as error:  # noqa: BLE001 - whatever a library raises is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
            row |= {"outcome": "crashed", "details": [said]}
    if source.read_bytes() != data:
        row |= {"outcome": "lost", "details": [*row["details"], "the source was changed"]}
    return row | {"seconds": time.monotonic() - started, "source_bytes": len(data)}


def _way_and_back(source: Path, data: bytes, folder: Path, options: EncodeOptions) -> dict[str, Any]:
    packed = folder / "packed.srec"
    try:
        report = srec_engine.encode_file(source, packed, options)
    except SrecError as error:
        return {"outcome": "refused", "details": [str(error).replace(str(source), source.name)]}
    known: dict[str, Any] = {"method": report.method.value, "note": report.note, "file_bytes": report.file_bytes}
    try:
        info = srec_engine.read_info(packed)
        wanted = folder / "back" / (info.source_name or source.stem + ".png")
        wanted.parent.mkdir()
        back = srec_engine.decode_file(packed, wanted, options.codec).destination or wanted
    except SrecError as error:
        return known | {"outcome": "lost", "details": [f"does not come back: {error}"]}
    judgement = judge(data, back.read_bytes(), source.suffix.lstrip("."))
    return known | {"outcome": judgement.outcome, "details": list(judgement.details)}


def main() -> None:
    """Answer until there is nothing more to read."""
    # Libraries print what they like; only the answers go to whoever asked.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        method = Method(asked["method"]) if asked["method"] else None
        options = EncodeOptions(
            method=method, model=asked["model"], adaptation=False, codec=CodecOptions(threads=asked["threads"])
        )
        print(json.dumps(round_trip(Path(asked["source"]), options)), file=answers, flush=True)


if __name__ == "__main__":
    main()
