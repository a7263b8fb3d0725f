#!/bin/sh
# Library: imagecodecs 2026.3.6
# Behaviour: png_decode of any interlaced PNG prints a line of its own from
#   C to file descriptor 2, past sys.stderr and the warnings module, though
#   the pixels are right and the picture is in no way faulty.
# Seen: "PNG warning: Interlace handling should be turned on when using
#   png_read_image"; no Python warning; nothing for the same picture not
#   interlaced.
# Why it matters: a batch of pictures from the web fills the log, or breaks
#   a protocol on stderr, and no filter in Python can stop it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q imagecodecs==2026.3.6 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import os
import struct
import sys
import tempfile
import warnings
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


def noise(data):
    """Decode data; return what reached file descriptor 2 and Python's warnings."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        os.dup2(file.fileno(), 2)
        try:
            pixels = imagecodecs.png_decode(data).tolist()
        finally:
            os.dup2(kept, 2)
        file.seek(0)
        return pixels, file.read().decode().strip(), len(caught)


seen = []
for interlace in (0, 1):  # one pixel: the first of the seven passes is all of it
    pixels, text, count = noise(png(1, 1, 8, 0, [b"\7"], interlace=interlace))
    print(f"interlace {interlace}: {pixels}, {count} warnings, printed: {text!r}")
    seen.append((pixels, "Interlace handling" in text, count))
if seen != [([[7]], False, 0), ([[7]], True, 0)]:
    sys.exit("changed: expected the line for the interlaced picture only")
EOF
