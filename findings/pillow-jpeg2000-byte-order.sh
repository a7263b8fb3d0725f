#!/bin/sh
# Library: pillow 13.0.0 (imagecodecs 2026.3.6, i.e. OpenJPEG, to compare)
# Behaviour: a big-endian 16-bit TIFF opens in Pillow as mode I;16B. Saved
#   from there as lossless JPEG 2000, every sample has its two bytes
#   swapped; saved as PNG it is right, and so is JPEG 2000 from mode I;16.
# Seen: stored 258, 772, 1286; JPEG 2000 holds 513, 1027, 1541 by both
#   readers.
# Why it matters: a "lossless" archive copy of a 16-bit scan is noise.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q pillow==13.0.0 imagecodecs==2026.3.6 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import io
import sys

import imagecodecs
import numpy
from PIL import Image

stored = [258, 772, 1286] * 8
raw = numpy.array([stored] * 24, ">u2")
tiff = io.BytesIO()
Image.frombytes("I;16B", raw.shape[::-1], raw.tobytes()).save(tiff, "TIFF")
scan = Image.open(tiff)
if numpy.asarray(scan).tolist() != raw.tolist():
    sys.exit("Pillow does not read its own TIFF: the test is wrong")
native = Image.frombytes("I;16", scan.size, raw.astype("<u2").tobytes())


def saved(image, kind):
    file = io.BytesIO()
    image.save(file, kind)  # JPEG 2000 is lossless unless asked otherwise
    return file


seen = {
    "PNG from I;16B": numpy.asarray(Image.open(saved(scan, "PNG"))),
    "JPEG 2000 from I;16": numpy.asarray(Image.open(saved(native, "JPEG2000"))),
    "JPEG 2000 from I;16B": numpy.asarray(Image.open(saved(scan, "JPEG2000"))),
    "the same by imagecodecs": imagecodecs.jpeg2k_decode(
        saved(scan, "JPEG2000").getvalue()
    ),
}
for name, array in seen.items():
    print(f"{name}: {array[0, :3].tolist()}, stored {stored[:3]}")
right = [numpy.array_equal(array, raw) for array in seen.values()]
swapped = numpy.array_equal(seen["the same by imagecodecs"], raw.byteswap())
if right != [True, True, False, False] or not swapped:
    sys.exit("changed: expected swapped bytes in the last two only")
EOF
