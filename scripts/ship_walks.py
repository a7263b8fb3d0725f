"""Write the digests of complete walks for the shipped models that bring none of their own: resources/models/walks.json.

Models that `srec train --export` and `srec import-weights` write bring theirs. To be run when the cases of
`srec_engine/codec/walk_digests.py` change, which makes a new version of them. Takes some ten seconds a model.

    python scripts/ship_walks.py [--check]
"""

from __future__ import annotations

import argparse
import json
import sys

from srec_engine.codec.admission import Candidate, made_walks
from srec_engine.codec.walk_digests import WALKS_VERSION
from srec_engine.entropy import choose_coder
from srec_engine.integer.tables import model_tables
from srec_engine.model.file import MODEL_SUFFIX, read_model
from srec_engine.resources import resource_path


def shipped_walks() -> str:
    """The file's text, made anew by the reference kernel."""
    coder = choose_coder()
    models = {}
    for path in sorted(resource_path("models").rglob(f"*{MODEL_SUFFIX}")):
        model = read_model(path)
        if model.walks is None or model.walks.version != WALKS_VERSION:
            identity = model.identity()
            models[identity.hex()] = dict(made_walks(Candidate(model, identity, model_tables(model), coder)))
    return json.dumps({"version": WALKS_VERSION, "models": models}, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the file, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 when the file is another")
    arguments = parser.parse_args()
    path = resource_path("models", "walks.json")
    text = shipped_walks()
    if arguments.check:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
