#!/bin/sh
# Library: pillow 13.0.0
# Behaviour: an opaque RGB picture saved as ICO with bitmap_format="bmp"
#   gets a mask whose rows are not padded to 32 bits as the format asks.
#   Unless the width is a multiple of 32 the file is too short, and Pillow
#   itself takes the tail of the pixels for the mask: opaque parts turn
#   clear.
# Seen: white 16x16: 128 of 256 pixels clear, 40 + 768 + 32 bytes instead of
#   40 + 768 + 64; white 32x32: none clear and the right size.
# Why it matters: 16, 24 and 48 are the usual icon sizes, and the icon has
#   holes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q pillow==13.0.0
"$dir/venv/bin/python" -I - <<'EOF'
import io
import struct
import sys

from PIL import Image

seen = {}
for side in (16, 24, 32, 48, 64):
    file = io.BytesIO()
    icon = Image.new("RGB", (side, side), "white")
    icon.save(file, "ICO", bitmap_format="bmp", sizes=[icon.size])
    (size,) = struct.unpack_from("<I", file.getvalue(), 14)
    mask = (side + 31) // 32 * 4 * side
    missing = 40 + side * side * 3 + mask - size
    alpha = Image.open(file).convert("RGBA").getchannel("A")
    clear = alpha.histogram()[0]
    print(f"{side}x{side}: {clear} of {side * side} pixels clear,", end=" ")
    print(f"{missing} bytes of the mask are missing")
    seen[side] = clear > 0, missing > 0
if seen != {n: (n % 32 > 0, n % 32 > 0) for n in seen}:
    sys.exit("changed: expected holes in all but 32x32 and 64x64")
EOF
