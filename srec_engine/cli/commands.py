"""The table of commands. A command is a module with `add_arguments(parser)` and `run(arguments) -> int`.

To add one, write its module and add a line here. Only the module of the command that was asked for is imported,
so `srec info` never pays for what `srec train` needs.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast

__all__ = ["COMMANDS", "Command", "CommandModule"]


class CommandModule(Protocol):
    """What the module of a command must hold."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Describe the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work and return the exit code."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of `srec`.

    Attributes:
        module: Module that holds `add_arguments` and `run`.
        summary: One line for `srec --help`.
    """

    module: str
    summary: str

    def load(self) -> CommandModule:
        """Import the command's module."""
        return cast("CommandModule", import_module(self.module))


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "encode": Command("srec_engine.cli.encode", "compress pictures to .srec files"),
        "decode": Command("srec_engine.cli.decode", "bring pictures back from .srec files"),
        "export": Command("srec_engine.cli.export", "write files that other programs open out of .srec files"),
        "info": Command("srec_engine.cli.info", "show what .srec files hold and where their bytes went"),
        "inspect": Command("srec_engine.cli.inspect", "write maps of what the network predicted and what it cost"),
        "check": Command("srec_engine.cli.check", "tell what would become of pictures, and why, writing nothing"),
        "verify": Command("srec_engine.cli.verify", "decode .srec files and check every pixel, writing nothing"),
        "thumbnail": Command("srec_engine.cli.thumbnail", "write a small picture of a .srec file, without decoding it"),
        "eval": Command("srec_engine.cli.eval", "compute the bits that a network needs for images, part by part"),
        "bench": Command("srec_engine.cli.bench", "compare sizes, speeds and memory with other codecs"),
        "train": Command("srec_engine.cli.train", "train a network on photographs"),
        "starts": Command(
            "srec_engine.cli.starts", "give a model what its streams begin with, learned from photographs"
        ),
        "import-weights": Command("srec_engine.cli.import_weights", "make a model of the original program's weights"),
    }
)
