"""The file that a `.srec` was made of, as something to be had again. Its writing runs in a worker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from srec_gui.engine import CancelToken, CodecOptions, Engine, ProgressCallback
from srec_gui.view.document import Document, State
from srec_gui.view.export import format_of, require_folder

__all__ = ["Original", "original_of", "save_original"]

_PLAIN_ENDING = re.compile(r"\.\w{1,16}")


@dataclass(frozen=True, slots=True)
class Original:
    """A file that comes back.

    Attributes:
        packed: The `.srec`.
        name: What it is called.
        needs_network: Whether the network has to run for it.
    """

    packed: Path
    name: str
    needs_network: bool

    @property
    def suffix(self) -> str:
        """Of its name, with the dot; "" where there is none."""
        return Path(self.name).suffix

    @property
    def pattern(self) -> str:
        """Which files a dialog shows beside it: what stands in a `.srec` may be no ending that a dialog understands."""
        return f"*{self.suffix}" if _PLAIN_ENDING.fullmatch(self.suffix) else "*"

    def is_meant_by(self, destination: Path) -> bool:
        """Whether who saves under this name wants the file itself, not its picture in one of our formats."""
        return destination.suffix.lower() == self.suffix.lower() or format_of(destination) is None


def original_of(document: Document, engine: Engine) -> Original | None:
    """The file that `document` gives back; None where it was made of none, or is too damaged."""
    info = document.facts.info if document.facts is not None else None
    if info is None or info.source_name is None:
        return None
    # Of a file that is held, every byte may be there though its picture cannot be read.
    if document.state is State.DAMAGED and not info.method.holds_file:
        return None
    name = engine.result_name(document.path, info.source_name)
    return Original(document.path, name, needs_network=info.model_id is not None)


def save_original(
    original: Original,
    destination: Path,
    engine: Engine,
    options: CodecOptions,
    cancel: CancelToken,
    progress: ProgressCallback,
) -> Path:
    """Write the file itself to `destination` and return that path.

    An existing file is replaced at the very end. Who may not read the `.srec` may not read the result.

    Raises:
        Cancelled: The token was set.
        SrecError: It does not come back, or cannot be written.
    """
    require_folder(destination)
    engine.decode_file(original.packed, destination, options, format="original", cancel=cancel, progress=progress)
    return destination
