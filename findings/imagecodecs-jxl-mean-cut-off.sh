#!/bin/sh
# Library: imagecodecs 2026.3.6 (libjxl 0.11.2)
# Behaviour: jpegxl_encode_jpeg packs a JPEG whose DC coefficient lies beyond
#   12 bits without an error; jpegxl_decode_jpeg gives another JPEG back.
# Seen: a grey JPEG of two blocks, DC differences 1023 and 1023 (so DC 2046),
#   comes back byte for byte; with 1024 and 1024 (DC 2048) it comes back
#   one byte longer. Pillow reads both without a word.
# Why it matters: a flipped bit in a scan does this now and then. Packing that
#   is called lossless has to be compared, error or not.
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


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg(step):
    """Build 16x8 grey pixels: the mean of each block is so far from the one before."""
    # code 0: a difference of 11 bits; 10: one of 10 bits; then the end of the block
    code = "0" + format(step, "011b") if step > 1023 else "10" + format(step, "010b")
    bits = 2 * (code + "0")
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return (
        b"\xff\xd8"
        + segment(0xDB, bytes([0] + 64 * [1]))
        + segment(0xC0, struct.pack(">BHHBBBB", 8, 8, 16, 1, 1, 0x11, 0))
        + segment(0xC4, b"\x00" + bytes([1, 1] + 14 * [0]) + b"\x0b\x0a")
        + segment(0xC4, b"\x10" + bytes([1] + 15 * [0]) + b"\x00")
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + scan + b"\xff\xd9"
    )


seen = []
for step in (1023, 1024):
    data = jpeg(step)
    with Image.open(io.BytesIO(data)) as image:
        image.load()
    back = imagecodecs.jpegxl_decode_jpeg(imagecodecs.jpegxl_encode_jpeg(data))
    print(f"DC {2 * step}: {len(data)} bytes in, {len(back)} out, the same: {back == data}")
    seen.append(back == data)
if seen != [True, False]:
    sys.exit("changed: expected the first to come back and the second not")
EOF
