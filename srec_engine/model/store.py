"""Where models are found: shipped ones, the user's own, or a path."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path

from srec_engine.errors import ModelError
from srec_engine.model.file import MODEL_SUFFIX, read_model
from srec_engine.places import data_place
from srec_engine.resources import resource_path

__all__ = [
    "find_model",
    "find_model_by_id",
    "model_names",
    "require_model",
    "shipped_model_names",
    "user_model_folder",
]

_used: set[Path] = set()
"""Model files elsewhere that this process was given by path: what it encoded with them it can also decode."""


def user_model_folder() -> Path:
    """The folder where a person keeps own models; it need not exist. `SREC_MODEL_DIR` names another one."""
    chosen = os.environ.get("SREC_MODEL_DIR", "")
    if chosen:
        return Path(chosen)
    place = data_place()
    # Without a home there are no models of one's own: a folder that cannot be.
    return place / "srec" / "models" if place is not None else Path(os.devnull) / "srec" / "models"


def model_names() -> list[str]:
    """Names that `find_model` knows, shipped ones first."""
    return list(dict.fromkeys(path.stem for path in _files() if path.parent.name != "archive"))


def shipped_model_names() -> list[str]:
    """Names of the models that came with the program."""
    return [path.stem for path in _files() if path.parent == resource_path("models")]


def find_model(name_or_path: str) -> Path:
    """The file of a model, given its name or a path.

    Raises:
        ModelError: When there is none.
    """
    for path in _files():
        if path.stem == name_or_path:
            return path
    path = Path(name_or_path)
    if path.is_file():
        _used.add(path.absolute())
        return path
    known = ", ".join(model_names()) or "none"
    raise ModelError(f"There is no model {name_or_path!r}. Give a path or one of the names that are here: {known}.")


def find_model_by_id(model_id: bytes) -> Path | None:
    """The file of the model with this SHA-256, or None."""
    for path in (*_files(), *sorted(_used)):
        try:
            if _identity(path, path.stat().st_mtime_ns) == model_id:
                return path
        except (ModelError, OSError):  # a broken file in the user's folder must not hide the others
            continue
    return None


def require_model(model_id: bytes, name: str) -> Path:
    """The file of the model that a `.srec` was made with.

    Args:
        model_id: Its SHA-256.
        name: Names the `.srec` in messages.

    Raises:
        ModelError: When it is not here.
    """
    path = find_model_by_id(model_id)
    if path is None:
        raise ModelError(
            f"{name} was made with the model {model_id.hex()[:16]}…, which is not installed here. "
            f"Update the program, or put the model's file into {user_model_folder()}, as srec import-weights does."
        )
    return path


@functools.lru_cache(maxsize=64)
def _identity(path: Path, changed: int) -> bytes:  # noqa: ARG001 - part of the cache key
    """A model's id; `changed` makes a rewritten file be read again."""
    return read_model(path).identity()


def _files() -> Iterator[Path]:
    """Model files: the shipped ones, those kept for old `.srec` files, and the user's."""
    shipped = resource_path("models")
    for folder in (shipped, shipped / "archive", user_model_folder()):
        if os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where a home may not be entered
            yield from sorted(folder.glob(f"*{MODEL_SUFFIX}"))
