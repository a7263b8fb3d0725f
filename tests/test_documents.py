"""What the documents say is true: their examples run, their links lead somewhere, the commands they name exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from PIL import Image

from srec_engine.cli.commands import COMMANDS
from srec_engine.cli.main import build_parser

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(?P<language>\w+) example\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)#:\s]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Example:
    """A block of a document that is marked as an example."""

    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


def examples(language: str) -> list[Example]:
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            if match["language"] == language:
                line = text.count("\n", 0, match.start()) + 1
                found.append(Example(document, line, language, match["text"]))
    return found


def console_lines() -> list[str]:
    return [line for example in examples("console") for line in example.text.splitlines() if line.startswith("$ ")]


@pytest.fixture
def folder(tmp_path: Path, sample_photograph: Path) -> Path:
    """What an example may count on: a folder with `photo.png`."""
    with Image.open(sample_photograph) as image:
        image.crop((100, 50, 228, 146)).save(tmp_path / "photo.png")
    return tmp_path


def test_there_are_examples() -> None:
    assert examples("console")
    assert examples("python")


def run(words: list[str], folder: Path) -> None:
    # The tree comes first, so that the examples speak of this source and not of an installed version.
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = {words!r}; "
    code += "runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", examples("console"), ids=str)
def test_console_examples_run(example: Example, folder: Path) -> None:
    for line in example.text.splitlines():
        if line.startswith("$ srec "):
            run(["srec_engine.cli", *shlex.split(line)[2:]], folder)


@pytest.mark.parametrize("example", examples("python"), ids=str)
def test_python_examples_run(example: Example, folder: Path) -> None:
    script = folder / "example.py"
    script.write_text(example.text, encoding="utf-8")
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_path({str(script)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for match in LINK.finditer(document.read_text(encoding="utf-8")):
        assert (document.parent / match["target"]).exists(), f"{document.name} points to {match['target']}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_targets_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for command in re.findall(r"(?:`|\$ )srec ([a-z][a-z-]*)", text):
        assert command in COMMANDS, f"{document.name} names srec {command}"
    for target in re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE):
        assert target in targets, f"{document.name} names make {target}"


def test_options_that_the_readme_gives_a_command_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        if (named := re.match(r"\| `srec (\w+)`", line)) is None:
            continue
        usage = command_usage(named[1])
        for option in re.findall(r"`(--[a-z-]+)", line):
            assert option in usage, f"srec {named[1]} has no {option}"


def test_the_readme_has_a_line_for_every_dependency() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## What it is built on")[2]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for requirement in (*project["dependencies"], *(item for extra in extras.values() for item in extra)):
        name = Requirement(requirement).name
        assert re.search(rf"\b{name}\b", text, re.IGNORECASE), f"README.md does not say what {name} is for"


def command_usage(name: str) -> str:
    """What `srec NAME --help` prints."""
    parser = build_parser(name)
    for action in parser._actions:
        if isinstance(action.choices, dict):
            return str(action.choices[name].format_help())
    raise AssertionError(f"no command {name}")
