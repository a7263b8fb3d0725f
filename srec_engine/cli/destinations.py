"""Where a result goes: beside its source, into a folder, or into a mirrored tree; and what happens when it exists."""

from __future__ import annotations

import argparse
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

    def choose(self, source: Source, suffix: str) -> Path | None:
        """The path to write the result of a file to, or None when it exists and is to be skipped.

        Two sources of one batch never share a result, whatever the policy: `a.png` and `a.jpg` become
        `a.srec` and `a (1).srec`.
        """
        wanted = output_path(source.path, suffix, self.folder, source.root if self.mirror else None)
        policy = ExistingPolicy.RENAME if wanted in self._taken else self.policy
        chosen = resolve_existing(wanted, policy)
        if chosen is not None:
            self._taken |= {wanted, chosen}
        return chosen
