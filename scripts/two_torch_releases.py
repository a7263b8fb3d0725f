"""Encode with one release of torch, decode with another, both ways and with every kernel; compare bytes and pixels.

    python scripts/two_torch_releases.py 2.13.0 2.6.0 [--images FOLDER] [--environments FOLDER]
    python scripts/two_torch_releases.py .venv/bin/python /other/venv/bin/python

A release is a version, for which a virtual environment is made and kept in --environments (several gigabytes where the
package index has torch with CUDA only), or a Python that has torch and the program's other dependencies. The program
itself is run from this source tree. The exit code is 0 when all files and pixels are the same.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEPENDENCIES = ("numba>=0.62", "numpy>=2.0", "pillow>=11.3", "safetensors>=0.5", "tqdm>=4.66")
KERNELS = ("int8", "float32", "unfold")

_DESCRIBE = "import torch, sys; print(torch.__version__)"
_SAME_PIXELS = """
import sys
from pathlib import Path
from PIL import Image, ImageChops
for picture in sys.argv[2:]:
    with Image.open(picture) as wanted, Image.open(Path(sys.argv[1]) / (Path(picture).stem + ".png")) as found:
        if wanted.mode != found.mode or wanted.size != found.size or wanted.tobytes() != found.tobytes():
            sys.exit(f"{picture}: other pixels")
"""


class ReleaseError(Exception):
    """A release of torch does not do what it is asked for."""


@dataclass(frozen=True)
class Release:
    """A Python with one release of torch."""

    python: str
    version: str

    def srec(self, *words: str) -> None:
        """Run the program's command line from this tree."""
        run(self.python, "-m", "srec_engine.cli.main", *words)


def run(*command: str) -> str:
    """What a command prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ReleaseError((done.stderr or done.stdout).strip().splitlines()[-1])
    return done.stdout.strip()


def release(name: str, environments: Path) -> Release:
    """The release of that name: the Python itself, or one that is made for a version."""
    python = Path(name)
    if not python.is_file():
        folder = environments / f"torch-{name}"
        python = folder / "bin" / "python"
        if not python.is_file():
            venv.create(folder, with_pip=True)
            run(str(python), "-m", "pip", "install", "--quiet", f"torch=={name}", *DEPENDENCIES)
    return Release(str(python), run(str(python), "-c", _DESCRIBE))


def compare(first: Release, second: Release, kernel: str, pictures: list[Path], folder: Path) -> str:
    """What holds of one kernel in two releases, as a line of text.

    Raises:
        ReleaseError: Files or pixels differ, or a release cannot use the kernel.
    """
    names = [str(picture) for picture in pictures]
    coded = {writer: folder / f"{kernel}-{number}" for number, writer in enumerate((first, second))}
    for writer, target in coded.items():
        writer.srec("encode", "--method", "srec", "--no-verify", "--kernel", kernel, "-o", str(target), *names)
    files = sorted(path.name for path in coded[first].glob("*.srec"))
    for name in files:
        if (coded[first] / name).read_bytes() != (coded[second] / name).read_bytes():
            raise ReleaseError(f"{name} has other bytes")
    for writer, reader in ((first, second), (second, first)):
        target = coded[writer] / "decoded"
        sources = [str(coded[writer] / name) for name in files]
        reader.srec("decode", "--kernel", kernel, "-o", str(target), *sources)
        run(first.python, "-c", _SAME_PIXELS, str(target), *names)
    size = sum((coded[first] / name).stat().st_size for name in files)
    return f"{kernel}: {len(files)} files of {size:,} bytes, the same from both; pixels the same both ways"


def main() -> int:
    """Compare; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs=2, metavar="RELEASE", help="a version of torch, or a Python that has it")
    parser.add_argument("--images", type=Path, default=ROOT / "resources" / "sample", metavar="FOLDER")
    parser.add_argument("--kernels", nargs="+", choices=KERNELS, default=KERNELS)
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "torch-releases", metavar="FOLDER")
    arguments = parser.parse_args()
    pictures = sorted(path for path in arguments.images.iterdir() if path.suffix == ".png")
    failed = not pictures
    try:
        first, second = (release(name, arguments.environments.resolve()) for name in arguments.releases)
    except ReleaseError as error:
        print(f"no such release: {error}", file=sys.stderr)
        return 2
    print(f"torch {first.version} and torch {second.version}, {len(pictures)} images")
    with tempfile.TemporaryDirectory() as folder:
        for kernel in arguments.kernels:
            try:
                print(compare(first, second, kernel, pictures, Path(folder)))
            except ReleaseError as error:
                print(f"{kernel}: {error}")
                failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
