#!/bin/sh
# Library: torch 2.13.0 (CPU)
# Behaviour: with oneDNN switched off, conv2d hands batches of 16 and more to
#   NNPACK, which multiplies sums of inputs (Winograd's and Fourier's
#   transforms). Whole numbers whose sums stay far below 2**24, which float32
#   holds and a plain sum gives exactly, come out with fractions.
# Seen: 15 copies of a picture of whole numbers: all results whole and right;
#   16 copies: most are wrong, by up to 0.2 or so; 16 with
#   torch.backends.nnpack switched off, or with oneDNN: right again.
# Upstream: the note on numerical accuracy says that a batch need not give
#   the same bits as its parts; not that switching one library off selects a
#   less exact one, from the 16th picture on.
# Why it matters: who switches oneDNN off for the sake of exact, or plain,
#   arithmetic gets neither, and a test with a small batch does not show it.
# Needs: a processor that NNPACK takes (AVX2 or NEON); says so where it has
#   none. TORCH_INDEX_URL names another index for the CPU build of torch.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
index=${TORCH_INDEX_URL:-https://download.pytorch.org/whl/cpu}
"$dir/venv/bin/python" -m pip install -q --extra-index-url "$index" torch==2.13.0 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import sys

import torch
from torch.nn.functional import conv2d

if not torch.backends.nnpack.is_available():
    print("cannot be seen here: NNPACK does not take this processor")
    sys.exit(0)

picture = (torch.arange(3 * 8 * 8) * 37 % 256).float().reshape(1, 3, 8, 8)
weight = (torch.arange(8 * 3 * 9) * 53 % 129 - 64).float().reshape(8, 3, 3, 3)
exact = conv2d(picture.double(), weight.double(), padding=1)
most = 255 * weight.abs().sum(dim=(1, 2, 3)).max()
print(f"whole numbers, no sum of magnitudes above {most:.0f} (2**24 is {1 << 24})")


def wrong(count):
    """How many results of a batch are wrong, and by how much at most."""
    found = conv2d(picture.repeat(count, 1, 1, 1), weight, padding=1).double()
    error = (found - exact).abs()
    return int((error > 0).sum()), found.numel(), float(error.max())


seen = {"oneDNN, 16": wrong(16)}
torch.backends.mkldnn.enabled = False
seen |= {"no oneDNN, 15": wrong(15), "no oneDNN, 16": wrong(16)}
torch.backends.nnpack.set_flags(False)
seen["neither, 16"] = wrong(16)
for name, (count, total, largest) in seen.items():
    print(f"{name} pictures: {count} of {total} results wrong, by {largest:.3g} at most")
if [name for name, (count, _, _) in seen.items() if count] != ["no oneDNN, 16"]:
    sys.exit("changed: see the header for what was expected")
EOF
