#!/bin/sh
# Library: imagecodecs 2026.3.6
# Behaviour: bmp_decode of a 32-bit BMP with bit masks cuts each field to
#   its low 8 bits instead of scaling it. Masks of 10 bits wrap round, masks
#   of 5 bits stay dark; the same 5-bit masks in a 16-bit BMP are scaled
#   properly.
# Seen: 10 bits 0, 256, 512, 1023 -> 0, 0, 0, 255 (right: 0, 64, 128, 255);
#   5 bits 0, 8, 16, 31 -> as they are (right: 0, 66, 132, 255).
# Why it matters: deep-colour screen captures come out as posters or nearly
#   black.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q imagecodecs==2026.3.6 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import struct
import sys

import imagecodecs


def bmp(bits, width, levels, code):
    """Build a grey BMP (108-byte header) with three masks of the given width."""
    masks = [((1 << width) - 1) << width * n for n in (2, 1, 0)]
    pixels = b"".join(
        struct.pack(code, sum(level << width * n for n in range(3)))
        for level in levels
    )
    head = struct.pack("<IiiHHIIiiII4I", 108, len(levels), 1, 1, bits, 3,
                       len(pixels), 0, 0, 0, 0, *masks, 0).ljust(108, b"\0")
    return struct.pack("<2sI4xI", b"BM", 122 + len(pixels), 122) + head + pixels


cases = (
    (16, 5, "<H", [0, 8, 16, 31], None),
    (32, 8, "<I", [0, 64, 128, 255], None),
    (32, 10, "<I", [0, 256, 512, 1023], [0, 0, 0, 255]),
    (32, 5, "<I", [0, 8, 16, 31], [0, 8, 16, 31]),
)
same = True
for bits, width, code, levels, want in cases:
    array = imagecodecs.bmp_decode(bmp(bits, width, levels, code))
    read = array[0, :, 0].tolist()
    right = [level * 255 / ((1 << width) - 1) for level in levels]
    print(f"{bits}-bit BMP, {width}-bit masks: {levels} -> {read},", end=" ")
    print("right is", [round(level) for level in right])
    near = all(abs(a - b) <= 2 for a, b in zip(read, right))
    same = same and (near if want is None else read == want)
if not same:
    sys.exit("changed: expected the first two right and the last two cut")
EOF
