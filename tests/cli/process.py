"""The `srec` command as a process of its own, in the places where it is to work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

_RIGHTS = "-dac_override,-dac_read_search"


def command(*words: str) -> list[str]:
    """`srec` with these words, for a process that may run in any folder."""
    return [sys.executable, "-m", "srec_engine.cli", *words]


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """This process's environment, in which the tree is found; None takes a variable out."""
    merged = {**os.environ, "PYTHONPATH": str(ROOT), **changes}
    return {name: value for name, value in merged.items() if value is not None}


def run(
    folder: Path,
    *words: str,
    redirection: str = "",
    prefix: Sequence[str] = (),
    changes: Mapping[str, str | None] = MappingProxyType({}),
) -> subprocess.CompletedProcess[bytes]:
    """Run `srec` in a folder.

    Args:
        folder: Where.
        words: The command line.
        redirection: What a shell adds to the command ("2>&-", "| head -n 1").
        prefix: What stands before the command.
        changes: To the environment.
    """
    shell = ["bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "srec"]
    return subprocess.run(
        [*shell, *prefix, *command(*words)],
        cwd=folder,
        env=environment(changes),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def without_an_administrators_rights() -> list[str]:
    """What lets a command be bound by the rights of files: nothing does for an administrator otherwise."""
    if os.name != "posix" or os.geteuid() != 0:
        return []
    prefix = ["setpriv", f"--bounding-set={_RIGHTS}", f"--inh-caps={_RIGHTS}"]
    if shutil.which("setpriv") is None or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("the administrator may read everything, and setpriv cannot take that away here")
    return prefix
