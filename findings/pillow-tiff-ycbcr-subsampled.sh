#!/bin/sh
# Library: pillow 13.0.0 (imagecodecs 2026.3.6, i.e. libtiff, to compare)
# Behaviour: an uncompressed YCbCr TIFF may store colour at half the
#   resolution (YCbCrSubSampling 2, 2, the default of the tag): four Y, one
#   Cb, one Cr. Pillow takes these bytes for full-resolution pixels, needs
#   twice as many as there are, and fills the rest of the picture from
#   whatever follows in the file.
# Seen: grey 4x2 picture: libtiff shows equal red, green and blue
#   everywhere; Pillow shows colours, and changing the bytes after the strip
#   changes its pixels.
# Why it matters: scans stored this way open as coloured stripes, with no
#   error.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q pillow==13.0.0 imagecodecs==2026.3.6 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import io
import struct
import sys

import imagecodecs
from PIL import Image


def tiff(width, height, photometric, bits, data, **tags):
    """Build a plain little-endian TIFF of one strip."""
    entries = {256: [width], 257: [height], 258: bits, 259: [1], 262: [photometric],
               273: [8], 277: [len(bits)], 278: [height], 279: [len(data)],
               282: [72, 1], 283: [72, 1]}
    entries.update({int(name[1:]): value for name, value in tags.items()})
    data += b"\0" * (len(data) % 2)
    start = 8 + len(data)
    after = start + 6 + 12 * len(entries)
    table = extra = b""
    for tag, values in sorted(entries.items()):
        rational = tag in (282, 283, 532)
        packed = struct.pack(f"<{len(values)}{'I' if rational else 'H'}", *values)
        if len(packed) > 4:
            offset, extra = after + len(extra), extra + packed
            packed = struct.pack("<I", offset)
        kind, count = (5, len(values) // 2) if rational else (3, len(values))
        table += struct.pack("<HHI4s", tag, kind, count, packed)
    head = struct.pack("<2sHI", b"II", 42, start) + data
    return head + struct.pack("<H", len(entries)) + table + b"\0" * 4 + extra


grey = bytes([10, 20, 30, 40, 128, 128, 50, 60, 70, 80, 128, 128])
right = [[10, 20, 50, 60], [30, 40, 70, 80]]
seen = []
for name, tail in (("plain", b""), ("other bytes after the strip", b"\xc8" * 12)):
    data = tiff(4, 2, 6, [8, 8, 8], grey + tail, t530=[2, 2], t279=[len(grey)],
                t532=[0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1])
    libtiff = imagecodecs.tiff_decode(data)
    if not all((libtiff[..., band] == right).all() for band in range(3)):
        sys.exit("libtiff does not read the test picture: the test is wrong")
    image = Image.open(io.BytesIO(data))
    seen.append(image.tobytes())
    print(f"{name}: Pillow's second row, {image.mode}:", end=" ")
    print([image.getpixel((x, 1)) for x in range(4)])
if seen[0][:12] != grey or seen[1][12:] != b"\xc8" * 12 or seen[0] == seen[1]:
    sys.exit("changed: expected the strip unrolled and then the bytes after it")
EOF
