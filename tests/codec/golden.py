"""Golden files, and what adds missing ones: `python -m tests.codec.golden NAME…`. Never run it to repair one.

In `tests/data/golden` lie pictures with files of before the network's streams learned from neighbours. No encoder makes
these any more: they must be read for ever. The network's files in its folders `learning` and `starts` are of the same
pictures; they must be reproduced as well. Those of `learning` are of a model whose streams begin with nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from srec_engine import EncodeOptions, Method, encode_image

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "data" / "golden"
LEARNING = GOLDEN / "learning"
STARTS = GOLDEN / "starts"
MODEL = ROOT / "resources" / "models" / "archive" / "photo-2026-11-23.safetensors"
BEGUN_MODEL = ROOT / "resources" / "models" / "photo.safetensors"
"""What adds files to `starts`; those that are there find their model by its id."""


def _alpha(image: Image.Image) -> Image.Image:
    """The picture with a gradient of transparency from its own red channel."""
    image.putalpha(image.getchannel(0))
    return image


PICTURES: dict[str, tuple[Callable[[Image.Image], Image.Image], Method]] = {
    "rgb": (lambda photo: photo.crop((100, 60, 229, 157)), Method.SREC),
    "rgb-two-tiles": (lambda photo: photo.resize((530, 352)).crop((0, 200, 530, 231)), Method.SREC),
    "rgb-one-pixel": (lambda photo: photo.crop((200, 100, 201, 101)), Method.SREC),
    "rgb-corrected": (lambda photo: photo.crop((90, 20, 310, 220)), Method.SREC),
    "grey": (lambda photo: photo.convert("L").crop((150, 80, 218, 131)), Method.SREC),
    "grey-alpha": (lambda photo: _alpha(photo.convert("L")).crop((150, 80, 183, 111)), Method.SREC),
    "rgb-without-colour": (lambda photo: photo.convert("L").convert("RGB").crop((150, 80, 218, 131)), Method.SREC),
    "rgb-alpha": (lambda photo: _alpha(photo).crop((150, 80, 201, 119)), Method.SREC),
    "palette": (lambda photo: photo.crop((100, 60, 160, 100)).quantize(64), Method.WEBP),
    "bilevel": (lambda photo: photo.crop((100, 60, 160, 100)).convert("1"), Method.WEBP),
    "rgb-webp": (lambda photo: photo.crop((100, 60, 140, 90)), Method.WEBP),
}


WITH_STARTS = ("rgb", "rgb-corrected", "grey-alpha")
"""Pictures of the files in `starts`."""


def main(names: list[str]) -> None:
    """Write the named golden files and their pictures, where they are missing."""
    LEARNING.mkdir(exist_ok=True)
    STARTS.mkdir(exist_ok=True)
    for name in names or list(PICTURES):
        _, method = PICTURES[name]
        _write(name, (LEARNING if method == Method.SREC else GOLDEN) / f"{name}.srec", MODEL)
        if name in WITH_STARTS:
            _write(name, STARTS / f"{name}.srec", BEGUN_MODEL)


def _write(name: str, path: Path, model: Path) -> None:
    if path.exists():
        return
    with Image.open(_picture(name)) as saved:
        path.write_bytes(encode_image(saved, EncodeOptions(method=PICTURES[name][1], model=str(model))).data)


def _picture(name: str) -> Path:
    """The picture of a golden file, made if it is missing."""
    path = GOLDEN / f"{name}.png"
    if not path.exists():
        make, _ = PICTURES[name]
        with Image.open(ROOT / "resources" / "sample" / "chelsea.png") as photograph:
            picture = make(photograph.convert("RGB"))
        picture.info.clear()
        picture.save(path)
    return path


if __name__ == "__main__":
    main(sys.argv[1:])
