"""The layers of docs/architecture.md hold in the source: the tables there are the rules, the imports here the facts."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
# The plain types speak of each other (a cancel token raises an error), and so do the public API and its Pillow plug-in.
SPEAKING_ROWS = {0, 7}
LONGEST_FUNCTION = 60
IMPORT_NAMES = {"Pillow": "PIL"}
# torchac works on torch's tensors; llvmlite is the lower half of numba.
BROUGHT_ALONG = {"torchac": {"torch"}, "numba": {"llvmlite"}}


@dataclass(frozen=True)
class Layer:
    """A row of the table in docs/architecture.md."""

    row: int
    third_party: frozenset[str]


def read_layers() -> dict[str, Layer]:
    """The engine's packages with their rows, from the document."""
    layers: dict[str, Layer] = {}
    everything: set[str] = set()
    for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4 or not cells[0].isdecimal():
            continue
        named = {IMPORT_NAMES.get(word, word) for word in re.findall(r"\w+", cells[3]) if cells[3] != "none"}
        if "the rows above" in cells[3]:
            named = set(everything)
        named |= {other for name in named for other in BROUGHT_ALONG.get(name, ())}
        everything |= named
        for package in re.findall(r"`(\w+)/?`", cells[1]):
            layers[package] = Layer(int(cells[0]), frozenset(named))
    return layers


LAYERS = read_layers()


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports_of(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each import of a file: the module, and the names taken out of it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module, tuple(alias.name for alias in node.names)


def package_of(module: str) -> str:
    """The row's name that a module of the engine belongs to: "srec_engine.images.modes" is "images"."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def package_of_file(path: Path) -> str:
    return path.relative_to(ROOT / "srec_engine").with_suffix("").parts[0]


def engine_imports_of(path: Path) -> Iterator[str]:
    """The engine's packages that a file imports from."""
    for module, names in imports_of(path):
        if module == "srec_engine":
            # `from srec_engine import pyramid` names a package; anything else is the public API.
            yield from {name if name in LAYERS else "__init__" for name in names} or {"__init__"}
        elif module.startswith("srec_engine."):
            yield package_of(module)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


engine_files = pytest.mark.parametrize("path", sources("srec_engine"), ids=relative)
window_files = pytest.mark.parametrize("path", sources("srec_gui"), ids=relative)
all_files = pytest.mark.parametrize("path", [*sources("srec_engine"), *sources("srec_gui")], ids=relative)


def test_the_document_names_every_package_of_the_engine() -> None:
    present = {package_of_file(path) for path in sources("srec_engine")}
    assert present - set(LAYERS) == set()


def test_the_picture_of_the_layers_shows_the_imports_of_today() -> None:
    script = ROOT / "scripts" / "draw_layers.py"
    checked = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert checked.returncode == 0, "draw it anew: python scripts/draw_layers.py"


@engine_files
def test_a_package_imports_only_what_stands_above_it(path: Path) -> None:
    own = package_of_file(path)
    row = LAYERS[own].row
    for imported in engine_imports_of(path):
        if imported == own:
            continue
        assert imported in LAYERS, f"{relative(path)} imports {imported}, which docs/architecture.md does not name"
        allowed = row if row in SPEAKING_ROWS else row - 1
        assert LAYERS[imported].row <= allowed, f"{relative(path)} (row {row}) imports {imported}"


@engine_files
def test_a_package_imports_only_the_third_parties_of_its_row_or_of_rows_above(path: Path) -> None:
    own = LAYERS[package_of_file(path)]
    allowed = set(own.third_party)
    for layer in LAYERS.values():
        if layer.row < own.row:
            allowed |= layer.third_party
    imported = {module.split(".")[0] for module, _ in imports_of(path)}
    assert imported - allowed - sys.stdlib_module_names - {"srec_engine"} == set()


@engine_files
def test_the_engine_knows_nothing_of_the_window(path: Path) -> None:
    for module, _ in imports_of(path):
        assert module.split(".")[0] not in {"PySide6", "shiboken6", "qasync", "srec_gui"}


@window_files
def test_the_window_uses_only_public_names_of_the_engine(path: Path) -> None:
    import srec_engine

    for module, names in imports_of(path):
        assert not module.startswith("srec_engine."), f"{relative(path)} reaches into {module}"
        if module == "srec_engine":
            assert set(names) <= set(srec_engine.__all__), f"{relative(path)}: {names}"


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("srec_engine", "torch numba torchac PIL numpy tqdm PySide6"),
        ("srec_engine.cli.main", "torch numba torchac PIL numpy tqdm PySide6"),
        ("srec_engine.cli.thumbnailer", "torch numba torchac PySide6"),
        # These load torch's libraries themselves, without the interpreter's lock, before they import what needs torch.
        ("srec_engine.codec.encode", "torch numba torchac"),
        ("srec_engine.codec.decode", "torch numba torchac"),
        ("srec_engine.codec.steps", "torch numba torchac"),
        ("srec_engine.codec.devices", "torch numba torchac PIL numpy"),
        ("srec_engine.codec.information", "torch numba torchac"),
        ("srec_engine.codec.preview", "torch numba torchac PIL"),
        ("srec_engine.codec.methods.jpeg", "torch numba torchac PIL"),
        ("srec_engine.analysis.inspection", "torch numba torchac"),
    ],
)
def test_importing_is_light(module: str, heavy: str) -> None:
    code = f"import sys, {module}; print(sorted(set({heavy.split()}) & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]"


def test_every_public_name_can_be_had() -> None:
    import srec_engine

    for name in srec_engine.__all__:
        assert getattr(srec_engine, name) is not None


@engine_files
def test_the_names_of_the_coded_steps_are_spelt_out_in_one_place(path: Path) -> None:
    from srec_engine.reports import CODED_STEPS

    names = {step.replace(" ", "") for step in CODED_STEPS}
    constants = (
        node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)
    )
    spelt = {text for text in constants if isinstance(text, str) and re.sub(r"[ _]", "", text.lower()) in names}
    # One of them alone may be a word of a sentence; two are a list of steps.
    assert len(spelt) < 2 or path == ROOT / "srec_engine" / "reports.py", f"{relative(path)} spells {sorted(spelt)}"


@all_files
def test_files_and_functions_stay_short_enough_to_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"
