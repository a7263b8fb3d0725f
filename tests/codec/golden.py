"""Makes golden files: `python tests/codec/golden.py NAME…` adds missing ones. Never run it to repair one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from srec_engine import EncodeOptions, Method, encode_image

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "data" / "golden"
MODEL = ROOT / "resources" / "models" / "archive" / "photo-2026-11-23.safetensors"


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


def main(names: list[str]) -> None:
    """Write the named golden files and their pictures."""
    for name in names or list(PICTURES):
        path = GOLDEN / f"{name}.srec"
        if path.exists():
            continue
        make, method = PICTURES[name]
        with Image.open(ROOT / "resources" / "sample" / "chelsea.png") as photograph:
            picture = make(photograph.convert("RGB"))
        picture.info.clear()
        picture.save(path.with_suffix(".png"))
        with Image.open(path.with_suffix(".png")) as saved:
            path.write_bytes(encode_image(saved, EncodeOptions(method=method, model=str(MODEL))).data)


if __name__ == "__main__":
    main(sys.argv[1:])
