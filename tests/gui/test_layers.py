"""The window's layers hold: docs/gui.md has the rule, the imports are the facts."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "srec_gui").rglob("*.py"))
ROOMS = {"compress", "view", "inspect"}


def rows() -> dict[str, int]:
    """The row of each module or package, from the table."""
    found: dict[str, int] = {}
    for line in (ROOT / "docs" / "gui.md").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| (\d+) \| ([^|]+) \|", line):
            for name in re.findall(r"`(\w+)/?`", match.group(2)):
                found[name] = int(match.group(1))
    return found


ROWS = rows()


def unit_of(path: Path) -> str:
    return path.relative_to(ROOT / "srec_gui").with_suffix("").parts[0]


def imported_units(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        parts = node.module.split(".")
        if parts[0] == "srec_gui":
            yield from [parts[1]] if len(parts) > 1 else (one.name for one in node.names if one.name in ROWS)


def test_the_page_names_every_module_and_nothing_else() -> None:
    present = {unit_of(path) for path in SOURCES} - {"__init__"}
    assert set(ROWS) == present


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_stands_above_it(path: Path) -> None:
    own = unit_of(path)
    if own == "__init__":
        return
    for imported in imported_units(path):
        if imported != own:
            assert ROWS[imported] < ROWS[own], f"{own} (row {ROWS[own]}) imports {imported} (row {ROWS[imported]})"
            assert not (own in ROOMS and imported in ROOMS), f"{own} imports {imported}"


def for_type_checkers(tree: ast.Module) -> set[ast.AST]:
    """What stands under `if TYPE_CHECKING:`, which never runs."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }


def importers_of(package: str) -> set[str]:
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in set(ast.walk(tree)) - for_type_checkers(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] == package for name in names):
                found.add(unit_of(path))
    return found


def test_the_engine_and_qasync_have_one_door_each() -> None:
    assert importers_of("srec_engine") <= {"engine", "analysis"}
    assert importers_of("qasync") == {"aio"}


def test_no_dialog_blocks() -> None:
    # A drag has no other way; Qt runs the event loop in it.
    blocking = re.compile(
        r"(?<!drag)\.exec\(|\.exec_\(|QFileDialog\.get|QMessageBox\.(question|warning|information|critical)\("
    )
    assert [path.name for path in SOURCES if blocking.search(path.read_text(encoding="utf-8"))] == []


def test_what_people_read_can_be_translated(tmp_path: Path) -> None:
    catalogue = tmp_path / "srec.ts"
    program = Path(sys.executable).with_name("pyside6-lupdate")
    if not program.exists():
        pytest.skip("pyside6-lupdate is not installed")
    command = [program, *SOURCES, "-ts", catalogue]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    text = catalogue.read_text(encoding="utf-8")
    for sentence in ("Drop pictures or folders here", "%1 min %2 s", "&amp;Undo Last Batch", "Motorola S-record"):
        assert sentence in text


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_painters_of_widgets_end_with_their_block(path: Path) -> None:
    """A painter that a traceback still holds would outlive its paint event, and Qt would end the program."""
    assert not re.search(r"= QPainter\(self\)", path.read_text(encoding="utf-8"))
