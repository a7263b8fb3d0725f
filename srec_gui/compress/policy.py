"""Where a result goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from srec_gui.compress.item import Direction, Item
from srec_gui.engine import CodecOptions, EncodeOptions, Engine, ExistingPolicy
from srec_gui.settings import Existing, OutputPlace, Settings

__all__ = ["SREC_SUFFIX", "Policy"]

SREC_SUFFIX = ".srec"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the person chose for results, as plain values that a worker thread can read.

    Attributes:
        place, folder: Beside the source, in `folder`, or below `folder` as in the dropped folder.
        existing: What to do with existing files; None when the person is to be asked.
        options: For the engine.
        trash_originals: Whether originals go to the trash after a verified result.
    """

    place: OutputPlace
    folder: Path
    existing: ExistingPolicy | None
    options: EncodeOptions
    trash_originals: bool

    @classmethod
    def from_settings(cls, settings: Settings) -> Policy:
        """The policy of the settings as they are now."""
        existing = settings.existing
        return cls(
            place=settings.output_place,
            folder=settings.output_folder,
            existing=None if existing is Existing.ASK else ExistingPolicy(existing.value),
            options=EncodeOptions(
                model=settings.model,
                verify=settings.verify,
                keep_timestamps=settings.keep_timestamps,
                without_gain=settings.without_gain,
                codec=CodecOptions(device=settings.device),
            ),
            trash_originals=settings.trash_originals and settings.verify,
        )

    def with_existing(self, answer: ExistingPolicy | None) -> Policy:
        """This policy, with the person's `answer` where it asks."""
        return self if self.existing is not None else replace(self, existing=answer)

    def destination(self, item: Item, engine: Engine) -> Path:
        """The file that the result of `item` goes to, before it is known whether that exists or has been given out."""
        packed = self._packed(item, engine)
        if item.direction is Direction.COMPRESS:
            return packed
        # A name inside a file leads to no other folder: the engine makes a plain file name of it.
        return packed.with_name(engine.result_name(item.source, item.stored_name))

    def _packed(self, item: Item, engine: Engine) -> Path:
        """Where a `.srec` of that name goes: what comes out of one goes to the same folder."""
        if self.place is OutputPlace.SAME or self.folder == Path():
            return engine.output_path(item.source, SREC_SUFFIX)
        if self.place is OutputPlace.MIRROR:
            # From the dropped folder's parent on: two dropped folders stay two.
            root = item.root.parent if item.root is not None else None
            return engine.output_path(item.source, SREC_SUFFIX, self.folder, root)
        return engine.output_path(item.source, SREC_SUFFIX, self.folder)
