#!/bin/sh
# Library: pillow 13.0.0 (tifffile 2026.3.3 makes the input)
# Behaviour: for an RGB TIFF with associated (premultiplied) alpha Pillow
#   undoes the multiplication and gives RGBA. For a grey one it gives the
#   inner mode La, which it can neither convert to RGBA, RGB or L nor save
#   as TIFF or PNG; only a step through LA helps.
# Seen: RGB: fine; grey: ValueError from each convert(), OSError from each
#   save(), convert("LA").convert("RGBA") fine.
# Why it matters: code that handles every colour picture stops at a grey
#   one.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import io
import sys

import numpy
import tifffile
from PIL import Image


def outcome(action):
    try:
        action()
        return "fine"
    except (ValueError, OSError) as error:
        return type(error).__name__


seen = {}
for name, photometric, pixel in (
    ("RGB", "rgb", [100, 50, 25, 128]),
    ("grey", "minisblack", [100, 128]),
):
    file = io.BytesIO()
    tifffile.imwrite(file, numpy.array([[pixel]], "u1"), photometric=photometric,
                     planarconfig="contig", extrasamples=["assocalpha"], metadata=None)
    image = Image.open(file)
    image.load()
    results = [outcome(lambda: image.convert(mode)) for mode in ("RGBA", "RGB", "L")]
    for kind in ("TIFF", "PNG"):
        results.append(outcome(lambda: image.save(io.BytesIO(), kind)))
    results.append(outcome(lambda: image.convert("LA").convert("RGBA")))
    print(f"{name}: mode {image.mode}, convert RGBA RGB L, save TIFF PNG, by LA:")
    print("   ", *results)
    seen[name] = results
if seen["RGB"] != ["fine"] * 6:
    sys.exit("the RGB picture fails too: the test is wrong")
if seen["grey"] != ["ValueError"] * 3 + ["OSError"] * 2 + ["fine"]:
    sys.exit("changed: see the header for what was expected")
EOF
