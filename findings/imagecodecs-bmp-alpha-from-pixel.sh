#!/bin/sh
# Library: imagecodecs 2026.3.6 (pillow 13.0.0 to compare)
# Behaviour: a 32-bit BMP with the 40-byte header and three bit masks has no
#   alpha mask. bmp_decode looks for one behind the masks, which is where
#   the pixels begin: the first pixel decides whether there is an alpha
#   channel, and what it means.
# Seen: first pixel black: 3 channels; first pixel 3, 2, 1: 4 channels,
#   alpha 1 and 0; Pillow: RGB both times.
# Why it matters: two screen captures differing in one corner pixel get
#   different shapes, and one of them is nearly invisible.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q imagecodecs==2026.3.6 numpy==2.4.6 pillow==13.0.0
"$dir/venv/bin/python" -I - <<'EOF'
import io
import struct
import sys

import imagecodecs
from PIL import Image


def bmp(*pixels):
    """Build a one-row BMP: 14 + 40 bytes of header, three masks, the pixels."""
    head = struct.pack("<IiiHHIIiiII", 40, len(pixels), 1, 1, 32, 3,
                       4 * len(pixels), 0, 0, 0, 0)
    masks = struct.pack("<3I", 0xFF0000, 0xFF00, 0xFF)
    body = struct.pack(f"<{len(pixels)}I", *pixels)
    return struct.pack("<2sI4xI", b"BM", 66 + len(body), 66) + head + masks + body


seen = []
for first in (0x000000, 0x030201, 0xFFFFFF):
    data = bmp(first, 0x060504)
    image = Image.open(io.BytesIO(data))
    if image.mode != "RGB" or image.getpixel((1, 0)) != (6, 5, 4):
        sys.exit("Pillow does not read the test picture: the test is wrong")
    read = imagecodecs.bmp_decode(data)[0].tolist()
    print(f"first pixel {first:06x}: imagecodecs {read}, Pillow {image.mode}")
    seen.append(read)
if seen != [
    [[0, 0, 0], [6, 5, 4]],
    [[3, 2, 1, 1], [6, 5, 4, 0]],
    [[255, 255, 255, 255], [6, 5, 4, 4]],
]:
    sys.exit("changed: see the header for what was expected")
EOF
