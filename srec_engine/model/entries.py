"""The metadata of a model file: texts and JSON by name. They come from strangers, so each is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import HEXADECIMAL, KNOWN_ANSWERS_VERSIONS, IntegerModel, WalkDigests

__all__ = ["model_entries", "read_configuration", "read_entries"]

FORMAT = "srec-model-1"
"""Value of the entry "format"; another one is another kind of file."""

LONGEST_JSON = 1 << 20
"""Characters of an entry; those of the models that exist have a few thousand."""

LONGEST_NAME = 255

VERSION = re.compile(r"[1-9][0-9]{0,8}")


def model_entries(model: IntegerModel) -> dict[str, str]:
    """What a model's file says beside its arrays."""
    entries = {
        "format": FORMAT,
        "name": model.name,
        "configuration": json.dumps(model.configuration.to_dict()),
        "known_answers": json.dumps(model.known_answers),
        "recipe": json.dumps(model.recipe),
    }
    if model.known_answers_version != 1:
        entries["known_answers_version"] = str(model.known_answers_version)
    if model.walks is not None:
        entries["walks"] = json.dumps({"version": model.walks.version, "digests": dict(model.walks.digests)})
    return entries


def read_configuration(entries: Mapping[str, str]) -> NetworkConfiguration:
    """The configuration of a model file.

    Raises:
        ModelError: When the file is of another kind, or its configuration is damaged.
    """
    if entries.get("format") != FORMAT:
        raise ModelError("It is not a model of this program, or one of a newer version.")
    return NetworkConfiguration.from_dict(_object(entries, "configuration"))


def read_entries(entries: Mapping[str, str]) -> dict[str, Any]:
    """What else a model file says, as fields of `IntegerModel`.

    Raises:
        ModelError: When something is missing or damaged.
    """
    name = entries.get("name")
    if name is None or len(name) > LONGEST_NAME:
        raise ModelError("Its name is missing or too long.")
    version = _version(entries.get("known_answers_version", "1"))
    # Answers to other inputs than this program can make are of no use to it, and no fault of the model.
    answers = _known_answers(entries) if version in KNOWN_ANSWERS_VERSIONS else {}
    return {
        "name": name,
        "recipe": _object(entries, "recipe"),
        "known_answers": answers,
        "known_answers_version": version,
        "walks": _walks(entries) if "walks" in entries else None,
    }


def _known_answers(entries: Mapping[str, str]) -> dict[str, str]:
    answers = _object(entries, "known_answers")
    if not all(isinstance(answer, str) and HEXADECIMAL.fullmatch(answer) for answer in answers.values()):
        raise ModelError("Its known answers are damaged.")
    return answers


def _walks(entries: Mapping[str, str]) -> WalkDigests:
    walks = _object(entries, "walks")
    if set(walks) != {"version", "digests"}:
        raise ModelError("Its digests of walks are damaged.")
    return WalkDigests(walks["version"], walks["digests"])


def _version(text: str) -> int:
    if not VERSION.fullmatch(text):
        raise ModelError(f"The version of its known answers is {text[:20]!r}, which is none.")
    return int(text)


def _object(entries: Mapping[str, str], name: str) -> dict[str, Any]:
    """An entry in JSON that holds names and values."""
    text = entries.get(name)
    if text is None:
        raise ModelError(f"Its {name.replace('_', ' ')} is missing.")
    if len(text) > LONGEST_JSON:
        raise ModelError(f"Its {name.replace('_', ' ')} has {len(text)} characters; {LONGEST_JSON} are allowed.")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"Its {name.replace('_', ' ')} is damaged ({str(error)[:80]}).") from error
    if not isinstance(values, dict):
        raise ModelError(f"Its {name.replace('_', ' ')} is damaged: it holds no names and values.")
    return values
