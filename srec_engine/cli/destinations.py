"""Where a result goes: beside its source, into a folder, or into a mirrored tree; and what happens when it exists."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from srec_engine import ResultNames, output_path
from srec_engine.cli.inputs import Source
from srec_engine.files import group_name
from srec_engine.options import ExistingPolicy

__all__ = ["Destinations"]


@dataclass(slots=True)
class Destinations:
    """The output policy of one batch.

    Attributes:
        folder: Folder for the results, or None for beside each source.
        mirror: Whether the folders below a source's root are kept below `folder`.
        policy: What happens when a result exists.
        names: The names of the batch's results.
    """

    folder: Path | None
    mirror: bool
    policy: ExistingPolicy
    names: ResultNames = field(default_factory=ResultNames)

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace, sources: Iterable[Source] = ()) -> Destinations:
        """The policy that the arguments of `add_output_arguments` describe.

        Args:
            arguments: Of a parser that has them.
            sources: All files of the batch, those of other machines' parts too: no result takes the place of one.

        Raises:
            argparse.ArgumentTypeError: They contradict each other.
        """
        if arguments.mirror and arguments.output is None:
            raise argparse.ArgumentTypeError("--mirror needs -o/--output DIR: the tree is mirrored below that folder")
        names = ResultNames(source.path for source in sources)
        return cls(arguments.output, arguments.mirror, ExistingPolicy(arguments.existing), names)

    def name_of(self, source: Source) -> str:
        """What the results of a file and of all its namesakes have in common, by which batches are shared out.

        The same on every machine that sees the folder, wherever it is mounted; sources whose results might need
        numbers to be told apart share it.
        """
        if self.folder is not None and not self.mirror:
            return group_name(source.path.stem)
        relative = source.path.relative_to(source.root)
        return group_name((relative.parent / relative.stem).as_posix())

    def reserve(self, sources: Iterable[Source], suffix: str) -> None:
        """Give out the names of a batch before it begins, so that they do not depend on who is done first."""
        for source in sources:
            self.names.name(source.path, output_path(source.path, suffix, self.folder, self._root_of(source)))

    def choose(self, source: Source, suffix: str) -> Path | None:
        """The path to write the result of a file to, or None when it exists and is to be skipped.

        Two sources of one batch never share a result, whatever the policy: `a.jpg` and `A.png` become `a.srec` and
        `A (1).srec`, and a batch that is run again finds each of them done.

        Args:
            source: The file.
            suffix: What takes the place of the extension in its name.
        """
        return self._choose(source, output_path(source.path, suffix, self.folder, self._root_of(source)))

    def choose_name(self, source: Source, name: str) -> Path | None:
        """As `choose`, for a result that is called `name`."""
        place = output_path(source.path, "", self.folder, self._root_of(source)).parent
        return self._choose(source, place / name)

    def _root_of(self, source: Source) -> Path | None:
        return source.root if self.mirror else None

    def _choose(self, source: Source, wanted: Path) -> Path | None:
        return self.names.choose(source.path, wanted, self.policy)
