"""Key files of freedesktop.org (.desktop, .thumbnailer): quoting command lines and putting them in."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["quote_command", "with_command"]

_PLAIN_WORD = re.compile(r"[A-Za-z0-9_@+=:,./-]+")


def quote_command(words: Sequence[str]) -> str:
    r"""A command line as the value of an `Exec` key.

    Two rules of the Desktop Entry Specification apply one after the other: an argument with anything unusual stands in
    double quotes with `"`, `` ` ``, `$` and `\` escaped; then the value as a whole is a string in which `\` is written
    `\\`. A `%` is doubled, so that a folder named "50%f" is not taken for a placeholder.
    """
    return " ".join(_quote_word(word) for word in words).replace("\\", "\\\\")


def _quote_word(word: str) -> str:
    word = word.replace("%", "%%")
    if _PLAIN_WORD.fullmatch(word):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'


def with_command(text: str, words: Sequence[str], placeholders: str) -> str:
    """A key file with its `Exec` set to a command and its `TryExec` to that command's program.

    Args:
        text: The key file.
        words: Command line.
        placeholders: What follows it, taken as it is ("%F", "-s %s %i %o").
    """
    program = words[0].replace("\\", "\\\\")
    lines = []
    for line in text.splitlines():
        if line.startswith("Exec="):
            line = f"Exec={quote_command(words)} {placeholders}"
        elif line.startswith("TryExec="):
            line = f"TryExec={program}"
        lines.append(line)
    return "\n".join(lines) + "\n"
