"""Draw docs/pictures/layers.svg: the packages in the rows that the documents give them, joined by the real imports.

    python scripts/draw_layers.py            draw it anew
    python scripts/draw_layers.py --check    say whether it is up to date (tests/test_architecture.py does)

A line that follows from others is left out: where A imports B and B imports C, A's own import of C is not drawn.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "layers.svg"

PLAIN, API, SEAM, PARTS, WINDOW = "plain types", "public API", "engine, analysis", "parts of the window", "window"
NOTES = {
    PLAIN: "errors, control, options, reports, limits, resources, places, descriptors, atomic",
    API: "srec_engine itself, loaded when first used, and the plug-in for Pillow",
    SEAM: "the only modules that import the engine",
    PARTS: "worker, settings, theme, actions, registration, …",
    WINDOW: "menus, dropping, one window per person, start",
    "analysis": "the ledger of a file, maps",
    "benchmark": "beside other codecs",
    "codec": "tiles, the walk from coarse to fine, choice of method, verification",
}
API_MODULES = ("__init__", "pillow_plugin")

WIDTH, BOX, ROW_STEP, TOP, MARGIN, GAP = 960.0, 46.0, 80.0, 64.0, 24.0, 32.0
LANE = 44.0  # left free beside the boxes, for lines that go past several rows
ENGINE_SIDE = 600.0  # where the engine's upper rows begin: the window stands beside them

Place = tuple[float, float, float]
"""Left edge, top edge and width of a box."""


@dataclass(frozen=True)
class Node:
    """A box: a package, or several that stand for one.

    Attributes:
        name: What is written on it.
        row: Its row from the bottom of the picture.
        note: What is written below the name.
        side: "window", or "engine".
    """

    name: str
    row: int
    note: str
    side: str


def table_rows(document: str) -> Iterator[tuple[int, list[str], str]]:
    """Number, names and last cell of each row of the table of layers in a document."""
    for line in (ROOT / "docs" / document).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 2 and cells[0].isdecimal():
            yield int(cells[0]), re.findall(r"`(\w+)/?`", cells[1]), cells[-1]


def engine_nodes() -> tuple[dict[str, str], dict[str, Node]]:
    """Which box each package of the engine is in, and the boxes."""
    boxes: dict[str, str] = {}
    nodes: dict[str, Node] = {}
    for row, names, parties in table_rows("architecture.md"):
        for package in names:
            name = API if package in API_MODULES else PLAIN if row == 0 else package
            note = NOTES.get(name, parties if "(" not in parties else "")
            boxes[package] = name
            nodes[name] = Node(name, row, note, "engine")
    return boxes, nodes


def window_nodes(first_row: int) -> tuple[dict[str, str], dict[str, Node]]:
    """Which box each module of the window is in, and the boxes, on top of the engine's public API."""
    table = [(row, names) for row, names, _ in table_rows("gui.md")]
    rooms = next(row for row, names in table if "compress" in names)
    boxes: dict[str, str] = {}
    for row, names in table:
        for module in names:
            seam = SEAM if module in SEAM.split(", ") else PARTS
            boxes[module] = WINDOW if row > rooms else module if row == rooms else seam
    heights = {SEAM: 0, PARTS: 1, WINDOW: 3}
    return boxes, {
        name: Node(name, first_row + heights.get(name, 2), NOTES.get(name, "a room"), "window")
        for name in dict.fromkeys(boxes.values())
    }


def imported(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each import of a file: the module, and the names taken out of it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module, tuple(alias.name for alias in node.names)


def box_of(module: str, names: tuple[str, ...], boxes: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The boxes that an import leads to."""
    package, _, rest = module.partition(".")
    if package not in boxes:
        return set()
    if rest:
        return {boxes[package][rest.split(".")[0]]}
    # `from srec_engine import pyramid` names a package; anything else is what the top package exports.
    return {boxes[package].get(name, API) for name in names} if package == "srec_engine" else set()


def edges(boxes: Mapping[str, Mapping[str, str]]) -> dict[str, set[str]]:
    """Which box imports which others."""
    found: dict[str, set[str]] = {}
    for package, own in boxes.items():
        for path in (ROOT / package).rglob("*.py"):
            module = path.relative_to(ROOT / package).with_suffix("").parts[0]
            if module not in own:  # the window's __init__ holds its name and nothing else
                continue
            targets = found.setdefault(own[module], set())
            for name, names in imported(path):
                targets |= box_of(name, names, boxes)
    return {name: targets - {name} for name, targets in found.items()}


def without_detours(graph: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """The graph without the lines that follow from others."""

    def reached(name: str) -> set[str]:
        return set().union(*({target} | reached(target) for target in graph.get(name, ())))

    return {
        name: sorted(target for target in targets if not any(target in reached(other) for other in targets))
        for name, targets in graph.items()
    }


def places(nodes: Mapping[str, Node], lines: Mapping[str, list[str]]) -> dict[str, Place]:
    """Where every box is: a row's boxes share its width, in the order of what they rest on."""
    top_row = max(node.row for node in nodes.values())
    shared = min(node.row for node in nodes.values() if node.side == "window")
    found: dict[str, Place] = {}

    def weight(node: Node) -> tuple[float, str]:
        centres = [found[target][0] + found[target][2] / 2 for target in lines.get(node.name, ()) if target in found]
        return (sum(centres) / len(centres) if centres else WIDTH / 2, node.name)

    for row in range(top_row + 1):
        for side in ("engine", "window"):
            boxes = sorted((node for node in nodes.values() if (node.row, node.side) == (row, side)), key=weight)
            left, right = MARGIN, WIDTH - MARGIN - LANE
            if row >= shared:
                left, right = (ENGINE_SIDE, right) if side == "engine" else (left, ENGINE_SIDE - GAP)
            share = (right - left + GAP) / max(1, len(boxes))
            for index, node in enumerate(boxes):
                found[node.name] = (left + index * share, TOP + (top_row - row) * ROW_STEP, share - GAP)
    return found


def draw() -> str:
    """The picture as SVG."""
    engine_boxes, engine = engine_nodes()
    window_boxes, window = window_nodes(engine[API].row + 1)
    nodes = {**engine, **window}
    lines = without_detours(edges({"srec_engine": engine_boxes, "srec_gui": window_boxes}))
    where = places(nodes, lines)
    height = max(top for _, top, _ in where.values()) + BOX + MARGIN
    taken: dict[float, int] = {}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" font-family="sans-serif">',
        "<title>The layers of SReC desktop and what imports what</title>",
        f'<rect width="{WIDTH:.0f}" height="{height:.0f}" rx="12" fill="#ffffff"/>',
        _heading(MARGIN, "srec_gui", "#7a4fb5"),
        _heading(ENGINE_SIDE, "srec_engine", "#2259c7"),
    ]
    parts += [_line(where, name, target, taken) for name in sorted(lines) for target in lines[name]]
    parts += [_box(nodes[name], where[name]) for name in sorted(nodes)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _heading(left: float, text: str, colour: str) -> str:
    return f'<text x="{left:.0f}" y="36" font-size="18" font-weight="600" fill="{colour}">{text}</text>'


def _gaps(where: Mapping[str, Place], top: float) -> list[float]:
    """Where a line may pass the row at a height: between its boxes, and beside the last."""
    row = sorted((left, left + width) for left, row_top, width in where.values() if row_top == top)
    between = [(end + start) / 2 for (_, end), (start, _) in pairwise(row)]
    return [*between, WIDTH - MARGIN - LANE + GAP / 2]


def _line(where: Mapping[str, Place], name: str, target: str, taken: dict[float, int]) -> str:
    """From a box down to another, through gaps in the rows between; `taken` counts the lines in each gap."""
    (left, top, width), (end_left, end, end_width) = where[name], where[target]
    x, y = left + width / 2, top + BOX
    path = f"M{x:.0f} {y:.0f}"
    passed: dict[float, float] = {}
    for height in sorted({top for _, top, _ in where.values() if y <= top < end}):
        gap = min(_gaps(where, height), key=lambda place: abs(place - x) + abs(place - end_left - end_width / 2))
        if gap not in passed:
            passed[gap] = gap + 8 * taken.get(gap, 0)
            taken[gap] = taken.get(gap, 0) + 1
        path += _bend(x, y, passed[gap], height) + f"V{height + BOX:.0f}"
        x, y = passed[gap], height + BOX
    # Straight down where the lower box is wide enough.
    x_end = min(max(x, end_left + 16), end_left + end_width - 16) if end_width > width else end_left + end_width / 2
    path += _bend(x, y, x_end, end)
    return f'<path d="{path}" fill="none" stroke="#9aa3b5" stroke-width="1.6"/>'


def _bend(x: float, y: float, x_end: float, y_end: float) -> str:
    middle = (y + y_end) / 2
    return f"C{x:.0f} {middle:.0f} {x_end:.0f} {middle:.0f} {x_end:.0f} {y_end:.0f}"


def _box(node: Node, place: tuple[float, float, float]) -> str:
    left, top, width = place
    fill, stroke = ("#f4effb", "#7a4fb5") if node.side == "window" else ("#eef3fd", "#2259c7")
    centre = left + width / 2
    return (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{BOX:.0f}" rx="7" fill="{fill}" '
        f'stroke="{stroke}"/>'
        + _text(centre, top + 20, 15, "#1c2333", node.name)
        + _text(centre, top + 37, 11, "#5b657a", node.note)
    )


def _text(centre: float, line: float, size: int, colour: str, text: str) -> str:
    return (
        f'<text x="{centre:.0f}" y="{line:.0f}" font-size="{size}" text-anchor="middle" fill="{colour}">'
        f"{escape(text)}</text>"
    )


def main() -> int:
    """Draw the picture, or check that it is the one in the documents."""
    picture = draw()
    if "--check" in sys.argv[1:]:
        return 0 if PICTURE.is_file() and PICTURE.read_text(encoding="utf-8") == picture else 1
    PICTURE.write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
