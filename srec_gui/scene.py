"""A state of a room that `make screenshots` pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Scene"]

PageType = TypeVar("PageType")
EngineType = TypeVar("EngineType")
FilesType = TypeVar("FilesType")


@dataclass(frozen=True, slots=True)
class Scene(Generic[PageType, EngineType, FilesType]):
    """One state.

    Attributes:
        name: For the file's name.
        prepare: Brings the room there.
        ready: Whether it has arrived.
    """

    name: str
    prepare: Callable[[PageType, EngineType, FilesType], None]
    ready: Callable[[PageType], bool]
