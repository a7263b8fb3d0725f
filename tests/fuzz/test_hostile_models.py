"""Thousands of hostile models give nothing but models and clear refusals; here a few of them, each run others."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from srec_engine.errors import ModelError
from srec_engine.model.file import model_bytes, read_model
from tests.fuzz.model_changes import changed_model
from tests.fuzz.targets import MODEL_TARGET, TARGETS
from tests.model.examples import LAYOUTS, tiny_model

MUTATIONS = 60


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_changed_model_is_refused_or_walks(layout: str) -> None:
    data = model_bytes(tiny_model(layout))
    for _ in range(MUTATIONS):
        seed = random.randrange(1 << 30)
        try:
            TARGETS[MODEL_TARGET](changed_model(data, seed))
        except Exception as error:
            error.add_note(f"changed_model(…, {seed}) of the layout {layout}")
            raise


@pytest.mark.parametrize("layout", LAYOUTS)
def test_changes_get_past_every_check_now_and_then(layout: str, tmp_path: Path) -> None:
    # Otherwise the networks would never meet a hostile number.
    data = model_bytes(tiny_model(layout))
    read = refused = 0
    for seed in range(MUTATIONS):
        changed = changed_model(data, seed)
        path = tmp_path / "changed.safetensors"
        path.write_bytes(changed)
        try:
            read += read_model(path).identity() != tiny_model(layout).identity()
        except ModelError:
            refused += 1
    assert read > MUTATIONS // 50
    assert refused > MUTATIONS // 2
