"""`python scripts/measure_kernels.py [PICTURE]`: how fast the network is by each kernel, in seconds per megapixel.

The kernels take turns at decoding the same file, so that a busy machine is busy for all of them alike. What oneDNN may
use can be limited as on older processors: `ONEDNN_MAX_CPU_ISA=AVX2` or `AVX512_CORE` in the environment.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srec_engine import DecodeReport

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "resources" / "sample" / "chelsea.png"
KERNELS = "int8,int8-split,float32"


def main() -> int:
    """Measure and print a table. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="measure_kernels.py", description=__doc__)
    parser.add_argument("picture", nargs="?", type=Path, default=PICTURE, help="a photograph (default: the sample)")
    parser.add_argument("--model", default="photo", help="name or path of a model (default: photo)")
    parser.add_argument("--kernels", default=KERNELS, help=f"names between commas (default: {KERNELS})")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: 1)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median counts (default: 5)")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    data = _packed(options.picture, options.model)
    kernels = [name for name in options.kernels.split(",") if _works(data, name, options.threads)]
    rounds = [{name: _decode(data, name, options.threads) for name in kernels} for _ in range(options.rounds)]
    instructions = os.environ.get("ONEDNN_MAX_CPU_ISA", "all")
    sys.stdout.write(f"instructions: {instructions}, threads: {options.threads}, rounds: {options.rounds}\n")
    sys.stdout.write(f"{'kernel':12} {'network s/MP':>12} {'decode s/MP':>12} {'times float32':>14}\n")
    for name in kernels:
        network = statistics.median(_network_speed(turn[name]) for turn in rounds)
        decode = statistics.median(turn[name].working_seconds / _megapixels(turn[name]) for turn in rounds)
        sys.stdout.write(f"{name:12} {network:12.3f} {decode:12.3f} {_advantage(rounds, name):>14}\n")
    return 0


def _packed(picture: Path, model: str) -> bytes:
    """The picture's compressed file."""
    from PIL import Image

    from srec_engine import EncodeOptions, Method, encode_image

    with Image.open(picture) as image:
        return encode_image(image, EncodeOptions(Method.SREC, model, verify=False)).data


def _works(data: bytes, kernel: str, threads: int) -> bool:
    """Make a kernel ready and use it once, if it is exact here."""
    from srec_engine import ModelError

    try:
        _decode(data, kernel, threads)
    except ModelError as error:
        sys.stdout.write(f"{kernel:12} {error}\n")
        return False
    return True


def _decode(data: bytes, kernel: str, threads: int) -> DecodeReport:
    from srec_engine import CodecOptions, decode_image

    return decode_image(data, CodecOptions("cpu", kernel, threads)).report


def _megapixels(report: DecodeReport) -> float:
    return report.width * report.height / 1e6


def _network_speed(report: DecodeReport) -> float:
    """Thread seconds per megapixel in the network."""
    return report.stage_seconds["network"] / _megapixels(report)


def _advantage(rounds: list[dict[str, DecodeReport]], name: str) -> str:
    """How many times as fast as float32 the network is: the median of what each round says."""
    if "float32" not in rounds[0]:
        return "-"
    return f"{statistics.median(_network_speed(turn['float32']) / _network_speed(turn[name]) for turn in rounds):.2f}"


if __name__ == "__main__":
    sys.exit(main())
