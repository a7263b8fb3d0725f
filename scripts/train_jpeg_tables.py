"""Learn the tables that coefficients of JPEGs are coded with, from photographs compressed in many ways.

    python scripts/train_jpeg_tables.py PHOTOGRAPHS … --steps-of JPEGS --export resources/jpeg/coefficients-1.tables

PHOTOGRAPHS are tar files of pictures, or pictures. Each becomes a JPEG with a quality of libjpeg, or with the
quantisation of one of the JPEGs given, in some sampling; the coder goes over one after the other and remembers. About
three minutes for 3,000 pictures of 224 × 224 pixels. A new file needs a new number: old ones stay (docs/coding.md).
"""

from __future__ import annotations

import argparse
import io
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from srec_engine.context_mixing import empty_tables, learn_tables, packed_tables
from srec_engine.jpeg import geometry_of, read_jpeg

QUALITIES = (50, 60, 70, 75, 80, 85, 88, 90, 92, 94, 95, 96, 97, 98)
SAMPLINGS = ("4:2:0", "4:2:0", "4:2:0", "4:4:4", "4:4:4", "4:2:2")
REDUCTION, SHARE_REDUCED, SHARE_GREY, SHARE_OF_GIVEN_STEPS = 0.7, 0.25, 0.03, 0.35
SEED = 11

Steps = list[list[int]]


def main() -> None:
    """Read the arguments, learn, write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", nargs="+", type=Path)
    parser.add_argument("--steps-of", type=Path, help="folder of JPEGs whose quantisation is used, too")
    parser.add_argument("--export", type=Path, required=True)
    arguments = parser.parse_args()
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    given = _given_steps(sorted(arguments.steps_of.glob("*.jpg"))) if arguments.steps_of else []
    pictures = list(_pictures(arguments.photographs))
    chance.shuffle(pictures)
    tables = empty_tables()
    coded = size = 0
    for data in pictures:
        jpeg = _jpeg(data, given, chance)
        coefficients = read_jpeg(jpeg)
        shapes = geometry_of(coefficients.skeleton, "a picture").components
        coded += learn_tables(coefficients.components, shapes, tables)
        size += len(jpeg)
    arguments.export.write_bytes(packed_tables(tables))
    print(f"{len(pictures)} pictures, {size} bytes as JPEG, {coded} coded; {arguments.export.stat().st_size} of tables")


def _pictures(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        if path.suffix == ".tar":
            with tarfile.open(path) as archive:
                yield from (file.read() for file in map(archive.extractfile, archive) if file is not None)
        else:
            yield path.read_bytes()


def _given_steps(paths: list[Path]) -> list[Steps]:
    """Quantisation tables of JPEGs, each set once."""
    found: list[Steps] = []
    for path in paths:
        with Image.open(path) as image:
            tables: dict[int, list[int]] = getattr(image, "quantization", {})
        steps = [list(tables[number]) for number in sorted(tables)][:2]
        if steps and steps not in found:
            found.append(steps)
    return found


def _jpeg(data: bytes, given: list[Steps], chance: random.Random) -> bytes:
    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("L" if chance.random() < SHARE_GREY else "RGB")
    if chance.random() < SHARE_REDUCED:
        image = image.resize((int(image.width * REDUCTION), int(image.height * REDUCTION)), Image.Resampling.LANCZOS)
    options: dict[str, object] = {} if image.mode == "L" else {"subsampling": chance.choice(SAMPLINGS)}
    if given and chance.random() < SHARE_OF_GIVEN_STEPS:
        steps = chance.choice(given)
        options["qtables"] = steps[:1] if image.mode == "L" else steps
    else:
        options["quality"] = chance.choice(QUALITIES)
    stream = io.BytesIO()
    image.save(stream, "JPEG", **options)
    return stream.getvalue()


if __name__ == "__main__":
    main()
