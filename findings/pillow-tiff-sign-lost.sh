#!/bin/sh
# Library: pillow 13.0.0 (tifffile 2026.3.3 to compare)
# Behaviour: Pillow opens a TIFF of signed 8-bit samples as unsigned and one
#   of unsigned 32-bit samples as signed, without a warning and without
#   moving the values; 16-bit samples keep their sign.
# Seen: int8 -128, -1, 0, 127 -> 128, 255, 0, 127; uint32 4294967295 -> -1;
#   int16 right.
# Why it matters: the darkest pixels of a measurement become the brightest,
#   and back.
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

cases = {
    "int8": ([-128, -1, 0, 127], [128, 255, 0, 127]),
    "int16": ([-128, -1, 0, 127], [-128, -1, 0, 127]),
    "uint32": ([0, 1, 2**31, 2**32 - 1], [0, 1, -(2**31), -1]),
}
same = True
for kind, (stored, want) in cases.items():
    file = io.BytesIO()
    array = numpy.array([stored], kind)
    tifffile.imwrite(file, array, photometric="minisblack", metadata=None)
    if tifffile.imread(io.BytesIO(file.getvalue())).ravel().tolist() != stored:
        sys.exit("tifffile does not read what was stored: the test is wrong")
    image = Image.open(file)
    read = numpy.asarray(image).ravel().tolist()
    print(f"{kind}: stored {stored}, Pillow {image.mode} {read}")
    same = same and read == want
if not same:
    sys.exit("changed: see the header for what was expected")
EOF
