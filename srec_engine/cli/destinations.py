"""Where a result goes: beside its source, into a folder, or into a mirrored tree; and what happens when it exists."""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass, field
from pathlib import Path

from srec_engine import output_path, resolve_existing
from srec_engine.cli.inputs import Source
from srec_engine.options import ExistingPolicy

__all__ = ["Destinations"]


@dataclass(slots=True)
class Destinations:
    """The output policy of one batch.

    Attributes:
        folder: Folder for the results, or None for beside each source.
        mirror: Whether the folders below a source's root are kept below `folder`.
        policy: What happens when a result exists.
    """

    folder: Path | None
    mirror: bool
    policy: ExistingPolicy
    _taken: set[Path] = field(default_factory=set)

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace) -> Destinations:
        """The policy that the arguments of `add_output_arguments` describe.

        Raises:
            argparse.ArgumentTypeError: They contradict each other.
        """
        if arguments.mirror and arguments.output is None:
            raise argparse.ArgumentTypeError("--mirror needs -o/--output DIR: the tree is mirrored below that folder")
        return cls(arguments.output, arguments.mirror, ExistingPolicy(arguments.existing))

    def name_of(self, source: Source) -> str:
        """What a result is called, without its extension, below the place where the results go.

        The same on every machine that sees the folder, wherever it is mounted; sources that would share a result
        share this name.
        """
        if self.folder is not None and not self.mirror:
            return source.path.stem
        return source.path.relative_to(source.root).with_suffix("").as_posix()

    def choose(self, source: Source, suffix: str) -> Path | None:
        """The path to write the result of a file to, or None when it exists and is to be skipped.

        Two sources of one batch never share a result, whatever the policy: `a.jpg` and `a.png` become `a.srec` and
        `a (1).srec`, and a batch that is run again finds each of them done.
        """
        wanted = output_path(source.path, suffix, self.folder, source.root if self.mirror else None)
        policy = self.policy
        if wanted in self._taken:
            if policy is ExistingPolicy.SKIP:
                wanted = self._numbered(wanted)
            else:
                policy = ExistingPolicy.RENAME
        self._taken.add(wanted)
        chosen = resolve_existing(wanted, policy)
        if chosen is not None:
            self._taken.add(chosen)
        return chosen

    def _numbered(self, path: Path) -> Path:
        """The first "name (1).ext", "name (2).ext", … that no source of this batch has: the same in every run."""
        candidates = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in itertools.count(1))
        return next(candidate for candidate in candidates if candidate not in self._taken)
