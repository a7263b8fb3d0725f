#!/bin/sh
# Library: pillow 13.0.0 (tifffile 2026.3.3 to compare)
# Behaviour: asked for a BigTIFF, Pillow writes a 16-bit picture of mode
#   I;16B as a valid big-endian one, and then cannot open its own file.
#   Little-endian BigTIFF and big-endian plain TIFF both work.
# Seen: UnidentifiedImageError for the big-endian BigTIFF; tifffile reads
#   [258, 772] from it, as stored.
# Why it matters: a picture is saved without a murmur and looks lost the
#   next day.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import io
import sys
import warnings

import tifffile
from PIL import Image, UnidentifiedImageError

warnings.simplefilter("ignore")  # Pillow guesses at damaged EXIF data here
image = Image.frombytes("I;16B", (2, 1), bytes([1, 2, 3, 4]))
little = Image.frombytes("I;16", (2, 1), bytes([2, 1, 4, 3]))
seen = []
for name, source, big in (
    ("big-endian TIFF", image, False),
    ("little-endian BigTIFF", little, True),
    ("big-endian BigTIFF", image, True),
):
    file = io.BytesIO()
    source.save(file, "TIFF", big_tiff=big)
    values = tifffile.imread(io.BytesIO(file.getvalue())).ravel().tolist()
    if values != [258, 772]:
        sys.exit("tifffile does not read what was stored: the test is wrong")
    try:
        reopened = Image.open(file)
        seen.append([reopened.getpixel((x, 0)) for x in range(2)])
    except UnidentifiedImageError:
        seen.append("UnidentifiedImageError")
    print(f"{name}: first bytes {file.getvalue()[:4].hex()},", end=" ")
    print(f"tifffile {values}, Pillow {seen[-1]}")
if seen != [[258, 772], [258, 772], "UnidentifiedImageError"]:
    sys.exit("changed: expected only the last of the three to fail")
EOF
