#!/bin/sh
# Library: imagecodecs 2026.3.6
# Behaviour: its two PNG decoders disagree: png_decode turns a tRNS chunk
#   into an alpha channel, spng_decode silently leaves it out and returns
#   fewer channels, for palette, grey and RGB pictures of 8 bits (all
#   formats it lists as supported).
# Seen: clear first pixel: png_decode gives alpha 0; spng_decode an opaque
#   picture without alpha. A real alpha channel is kept by both.
# Why it matters: one decoder put in the place of the other makes cut-out
#   pictures solid.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q imagecodecs==2026.3.6 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import struct
import sys
import zlib

import imagecodecs


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


cases = {
    "palette": png(2, 1, 8, 3, [b"\0\1"], (b"PLTE", b"\xff\0\0\0\xff\0"),
                   (b"tRNS", b"\0")),
    "grey": png(2, 1, 8, 0, [b"\1\2"], (b"tRNS", b"\0\1")),
    "RGB": png(2, 1, 8, 2, [b"\1\2\3\4\5\6"], (b"tRNS", b"\0\1\0\2\0\3")),
    "RGBA": png(2, 1, 8, 6, [b"\1\2\3\0\4\5\6\xff"]),
}
same = True
for name, data in cases.items():
    usual, other = imagecodecs.png_decode(data), imagecodecs.spng_decode(data)
    print(f"{name}: png_decode {usual.tolist()}, spng_decode {other.tolist()}")
    if usual[0, :, -1].tolist() != [0, 255]:
        sys.exit("png_decode does not show the clear pixel: the test is wrong")
    bands = other.shape[2] if other.ndim == 3 else 1
    same = same and bands == {"palette": 3, "grey": 1, "RGB": 3, "RGBA": 4}[name]
if not same:
    sys.exit("changed: expected alpha from spng_decode for RGBA only")
EOF
