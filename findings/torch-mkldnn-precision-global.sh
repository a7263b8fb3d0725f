#!/bin/sh
# Library: torch 2.13.0 (any build; no GPU is needed to see it)
# Behaviour: torch.backends.mkldnn.fp32_precision, which is for oneDNN, sets
#   torch.backends.fp32_precision, which is for everything. Its getter reads
#   oneDNN's own setting, so that what was set seems to have arrived there.
# Seen: after torch.backends.mkldnn.fp32_precision = "tf32" the matrix
#   products of CUDA are "tf32" too; with torch.backends.mkldnn.flags(), which
#   is for the same setting, they are not. In the example at the end of the
#   documentation's note on oneDNN ("bf16" for all, then "ieee" for oneDNN)
#   the setting for all is "ieee" afterwards.
# Why it matters: a program that allows less exact arithmetic on the CPU gets
#   it on the GPU as well, and one that asks oneDNN for exact arithmetic slows
#   the GPU down.
# TORCH_INDEX_URL names another index for the CPU build of torch.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
index=${TORCH_INDEX_URL:-https://download.pytorch.org/whl/cpu}
"$dir/venv/bin/python" -m pip install -q --extra-index-url "$index" torch==2.13.0 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import sys
import warnings

import torch

backends = torch.backends


def settings():
    """For everything, for oneDNN, for the matrix products of CUDA."""
    return backends.fp32_precision, backends.mkldnn.fp32_precision, backends.cuda.matmul.fp32_precision


seen = {"at first": settings()}
with warnings.catch_warnings(action="ignore"):  # it warns of Intel GPUs
    with backends.mkldnn.flags(fp32_precision="tf32"):
        seen['within mkldnn.flags(fp32_precision="tf32")'] = settings()
seen["after it"] = settings()
backends.mkldnn.fp32_precision = "tf32"
seen['mkldnn.fp32_precision = "tf32"'] = settings()
backends.fp32_precision = "bf16"
backends.mkldnn.fp32_precision = "ieee"
seen['"bf16" for all, then "ieee" for oneDNN'] = settings()
for name, (everything, onednn, cuda) in seen.items():
    print(f"{name}: for all {everything}, oneDNN {onednn}, CUDA {cuda}")
want = [
    ("none", "none", "none"),
    ("none", "tf32", "none"),
    ("none", "none", "none"),
    ("tf32", "tf32", "tf32"),
    ("ieee", "ieee", "ieee"),
]
if list(seen.values()) != want:
    sys.exit("changed: see the header for what was expected")
EOF
