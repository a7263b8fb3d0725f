"""Feed hostile bytes to the entry points that meet files of strangers (needs `pip install atheris`).

    python scripts/fuzz.py TARGET CORPUS [libFuzzer options, such as -max_total_time=900]

TARGET is one of those in tests/fuzz/targets.py. CORPUS is a folder that is filled with seeds when it is empty and then
kept between runs. A finding is written to `crash-…` in the current folder: fix it, and add the file to tests/data/fuzz.
"""

from __future__ import annotations

import hashlib
import random
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "srec_engine"
sys.path.insert(0, str(ROOT))

import atheris  # noqa: E402 - the tree has to be found first

# numba cannot compile functions that report which lines they reach.
COMPILED = [
    f"srec_engine.{folder}.{path.stem}" for folder in ("entropy", "integer") for path in ENGINE.glob(f"{folder}/*.py")
]

# What is imported in this block reports that; Pillow's plug-ins are made of Python and read what strangers send, too.
with atheris.instrument_imports(include=["srec_engine", "PIL"], exclude=COMPILED):
    from PIL import Image

    Image.init()

    import srec_engine.container
    import srec_engine.images
    import srec_engine.model.file
    import srec_engine.pillow_plugin  # noqa: F401
    from tests.fuzz import model_changes, repair, seeds, targets

_REPAIRED_SHARE = 0.8


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """One of libFuzzer's changes, mostly with the checksums made right again."""
    changed: bytes = atheris.Mutate(data, max_size)
    # Not for security: which of the changes are repaired has to be repeatable.
    if random.Random(seed).random() < _REPAIRED_SHARE:  # noqa: S311
        changed = repair.repaired(changed)
    return changed[:max_size]


def mutate_model(data: bytes, max_size: int, seed: int) -> bytes:
    """A change of what a model file says, or, where it says nothing any more, one of libFuzzer's."""
    try:
        changed = model_changes.changed_model(data, seed)
    except (ValueError, KeyError, TypeError, AttributeError, struct.error):
        changed = atheris.Mutate(data, max_size)
    return changed if len(changed) <= max_size else data


def fill(corpus: Path, files: Iterable[bytes]) -> None:
    """Write seeds into an empty corpus."""
    corpus.mkdir(parents=True, exist_ok=True)
    if any(corpus.iterdir()):
        return
    for data in files:
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main() -> None:
    """Fuzz one target until libFuzzer's options say that it is enough."""
    if len(sys.argv) < 3 or sys.argv[1] not in targets.TARGETS:
        sys.exit(f"usage: fuzz.py {{{','.join(targets.TARGETS)}}} CORPUS [OPTION…]")
    name, corpus, options = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    files = list(seeds.seed_files(name))
    fill(corpus, files)
    for data in files:  # what is compiled when it is first used must not be taken for a file that hangs
        targets.TARGETS[name](data)
    longest = max(8192, 2 * max(map(len, files)))
    arguments = [sys.argv[0], str(corpus), "-rss_limit_mb=3000", "-timeout=30", f"-max_len={longest}", *options]
    mutators = {targets.PICTURE_TARGET: None, targets.MODEL_TARGET: mutate_model}
    atheris.Setup(arguments, targets.TARGETS[name], custom_mutator=mutators.get(name, mutate))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
