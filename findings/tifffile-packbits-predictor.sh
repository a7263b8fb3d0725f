#!/bin/sh
# Library: tifffile 2026.3.3 (pillow 13.0.0 and imagecodecs 2026.3.6, i.e.
#   libtiff, to compare)
# Behaviour: tifffile lets predictor=True go with PackBits and stores
#   differences of neighbours. libtiff heeds the Predictor tag only for LZW,
#   Deflate and the like, so every program built on it shows the differences
#   as pixels; tifffile alone reads its file back.
# Seen: stored 10, 20, 30, ...: with LZW all three agree; with PackBits
#   libtiff and Pillow read 10, 10, 10, ...
# Why it matters: "lossless" with one library is a flat grey picture in all
#   others.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q tifffile==2026.3.3 imagecodecs==2026.3.6 pillow==13.0.0 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import io
import sys

import imagecodecs
import numpy
import tifffile
from PIL import Image

ramp = numpy.array([range(10, 250, 10)] * 4, "u1")
seen = {}
for compression in ("lzw", "packbits"):
    file = io.BytesIO()
    tifffile.imwrite(file, ramp, compression=compression, predictor=True,
                     photometric="minisblack", metadata=None)
    data = file.getvalue()
    readers = {
        "tifffile": tifffile.imread(io.BytesIO(data)),
        "libtiff": imagecodecs.tiff_decode(data),
        "Pillow": numpy.asarray(Image.open(io.BytesIO(data))),
    }
    for name, array in readers.items():
        print(f"{compression} by {name}: {array[0, :4].tolist()} ...")
    seen[compression] = [numpy.array_equal(array, ramp) for array in readers.values()]
    last = readers["Pillow"]
flat = bool((last == 10).all())
if seen != {"lzw": [True] * 3, "packbits": [True, False, False]} or not flat:
    sys.exit("changed: expected only tifffile to read the PackBits file")
EOF
