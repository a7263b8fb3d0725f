#!/bin/sh
# Library: pillow 13.0.0 (imagecodecs 2026.3.6, i.e. libpng, to compare)
# Behaviour: Pillow files a PNG text comment in the same dictionary that
#   steers its own decoder. Any keyword of 1 to 79 Latin-1 characters is
#   valid, but one named "interlace" or "bbox" makes the pixels undecodable,
#   and one named "transparency" breaks convert() and saving.
# Seen: interlace -> OSError unrecognized data stream; bbox -> ValueError
#   invalid extents; transparency -> TypeError; a keyword of "Title" and
#   libpng: fine in every case.
# Why it matters: a harmless caption typed by someone else decides whether a
#   picture opens.
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


rows = [bytes(range(1, 10))] * 3
want = {
    "Title": "fine",
    "interlace": "OSError",
    "bbox": "ValueError",
    "transparency": "TypeError",
}
seen = {}
for key in want:
    data = png(3, 3, 8, 2, rows, (b"tEXt", key.encode() + b"\0some words"))
    if imagecodecs.png_decode(data).tobytes() != b"".join(rows):
        sys.exit("libpng does not read the test picture: the test is wrong")
    try:
        Image.open(io.BytesIO(data)).convert("RGBA")
        seen[key] = "fine"
    except Exception as error:
        seen[key] = type(error).__name__
        print(f"{key}: {type(error).__name__}: {error}")
    else:
        print(f"{key}: fine")
if seen != want:
    sys.exit(f"changed: expected {want}")
EOF
