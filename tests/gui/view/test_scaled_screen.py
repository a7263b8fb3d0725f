"""Screens whose scale is not a whole number, in a process of their own: Qt reads the scale once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gui.view.conftest import PICTURES

PROGRAM = """
import sys
from PIL import Image
from PySide6.QtWidgets import QApplication, QWidget
from srec_gui.engine import CancelToken
from srec_gui.view.canvas import Canvas
from srec_gui.view.display import make_picture

application = QApplication([])
window = QWidget()
window.resize(701, 503)
canvas = Canvas(window)
canvas.setGeometry(33, 77, 601, 391)
window.show()
image = Image.open(sys.argv[1]).convert("RGB")
canvas.show_picture(make_picture(image, CancelToken()))
wrong = 0
ratio = window.devicePixelRatioF()
for zoom in (1, 3):
    canvas.zoom_to(zoom)
    application.processEvents()
    screen = window.grab().toImage()
    left = round(33 * ratio) + canvas.viewport.origin[0]
    top = round(77 * ratio) + canvas.viewport.origin[1]
    first = [max(0, 3 - origin) for origin in canvas.viewport.origin]
    for x in range(first[0], first[0] + 290, 7):
        for y in range(first[1], first[1] + 240, 5):
            color = screen.pixelColor(left + x, top + y)
            stored = image.getpixel((x // zoom, y // zoom))
            wrong += (color.red(), color.green(), color.blue()) != stored
print(ratio, wrong)
"""


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_at_100_percent_pixels_meet_pixels_on_every_screen(project_root: Path, scale: str) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(PICTURES / "coffee.png")],
        capture_output=True,
        text=True,
        cwd=project_root,
        env=environment,
        check=True,
    )
    assert done.stdout.split() == [str(float(scale)), "0"]
