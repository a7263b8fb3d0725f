#!/bin/sh
# Library: pillow 13.0.0 (imagecodecs 2026.3.6, i.e. libpng, to compare)
# Behaviour: Pillow scales PNG samples of 2, 4 or 16 bits to 8 bits but
#   compares them with the unscaled transparent level of the tRNS chunk. The
#   level meant to be clear comes out opaque, and in a 16-bit RGB picture
#   another colour is made clear instead.
# Seen: alpha of the clear and of the other pixel: Pillow 255, 255 (2 and 4
#   bits) and 255, 0 (16-bit RGB); libpng 0 and full in all of them.
# Upstream: python-pillow/Pillow#9281 tells of 1 bit, which works in this
#   version; 8 bits need no scaling.
# Why it matters: the transparent background of a logo turns into a solid
#   box.
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
import zlib

import imagecodecs
from PIL import Image


def chunk(kind, data):
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(width, height, depth, colour, rows, *extra, interlace=0):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(chunk(kind, data) for kind, data in extra)
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


clear16, other16 = (0x0012, 0x0034, 0x0056), (0x12FF, 0x34FF, 0x56FF)
cases = {
    "grey 2 bits": (png(2, 1, 2, 0, [b"\x60"], (b"tRNS", b"\0\1")), (255, 255)),
    "grey 4 bits": (png(2, 1, 4, 0, [b"\x36"], (b"tRNS", b"\0\3")), (255, 255)),
    "grey 8 bits": (png(2, 1, 8, 0, [b"\x36\x63"], (b"tRNS", b"\0\x36")), (0, 255)),
    "RGB 16 bits": (
        png(2, 1, 16, 2, [struct.pack(">6H", *clear16, *other16)],
            (b"tRNS", struct.pack(">3H", *clear16))),
        (255, 0),
    ),
}
same = True
for name, (data, want) in cases.items():
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    alpha = tuple(image.getchannel("A").tobytes())
    libpng = imagecodecs.png_decode(data)[0, :, -1].tolist()
    print(f"{name}: alpha by Pillow {alpha}, by libpng {libpng}")
    same = same and alpha == want and libpng[0] == 0 and libpng[1] > 0
if not same:
    sys.exit("changed: see the header for what was expected")
EOF
