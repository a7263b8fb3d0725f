#!/bin/sh
# Library: torch 2.13.0 (CPU)
# Behaviour: torch.backends.mkldnn.conv.fp32_precision = "ieee" leaves it to
#   the environment whether oneDNN may compute float32 convolutions in
#   bfloat16: with ONEDNN_DEFAULT_FPMATH_MODE=BF16 torch asks for that, while
#   its setting goes on to say "ieee".
# Seen: in the convolution's line of ONEDNN_VERBOSE no attr-fpmath without the
#   variable, and attr-fpmath:bf16 with it. Results were not seen to change,
#   on a processor with AVX512_BF16 and no AMX: there oneDNN 3.12 takes a
#   float32 kernel all the same. Where it has a faster one they would.
# Upstream: the variable is oneDNN's, and documented as its default; torch's
#   note on oneDNN says of "ieee" that it is float32.
# Why it matters: a program that must compute alike everywhere cannot make
#   sure of it with torch's setting.
# Needs: a build with oneDNN (Linux, Windows); says so where there is none.
#   TORCH_INDEX_URL names another index for the CPU build of torch.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
index=${TORCH_INDEX_URL:-https://download.pytorch.org/whl/cpu}
"$dir/venv/bin/python" -m pip install -q --extra-index-url "$index" torch==2.13.0 numpy==2.4.6
cat > "$dir/convolve.py" <<'EOF'
import torch
from torch.nn.functional import conv2d

torch.backends.mkldnn.conv.fp32_precision = "ieee"
# Twelve bits: float32 gives these sums exactly, bfloat16 with its eight cannot.
picture = (torch.arange(64 * 32 * 32) * 37 % 4096).float().reshape(1, 64, 32, 32)
weight = (torch.arange(64 * 64 * 9) * 53 % 7 - 3).float().reshape(64, 64, 3, 3)
found = conv2d(picture, weight, padding=1)
error = (found.double() - conv2d(picture.double(), weight.double(), padding=1)).abs().max()
print(f"setting: {torch.backends.mkldnn.conv.fp32_precision}, largest error: {error:g}")
EOF
"$dir/venv/bin/python" -I - "$dir/convolve.py" <<'EOF'
import os
import subprocess
import sys

import torch

if not torch.backends.mkldnn.is_available():
    print("cannot be seen here: this build of torch has no oneDNN")
    sys.exit(0)


def asked(**variables):
    """Run the convolution; return the setting's line and what was asked of oneDNN."""
    environment = {key: value for key, value in os.environ.items() if "FPMATH" not in key}
    environment |= {"ONEDNN_VERBOSE": "1", **variables}
    command = [sys.executable, "-I", sys.argv[1]]
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    lines = [line for line in text.splitlines() if ",exec,cpu,convolution," in line and ":f32" in line]
    modes = {word for line in lines for word in line.replace(",", " ").split() if word.startswith("attr-fpmath:")}
    said = next(line for line in text.splitlines() if line.startswith("setting: "))
    print(f"{variables or 'no variable'}: {said}; {len(lines)} convolutions with {modes or 'no mode'}")
    return "setting: ieee," in said, bool(lines), modes


plain = asked()
told = asked(ONEDNN_DEFAULT_FPMATH_MODE="BF16")
if plain != (True, True, set()) or told != (True, True, {"attr-fpmath:bf16"}):
    sys.exit("changed: see the header for what was expected")
EOF
