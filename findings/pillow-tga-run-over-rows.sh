#!/bin/sh
# Library: pillow 13.0.0
# Behaviour: in a run-length coded TGA of the first version a packet may go
#   on into the next row. Pillow follows a packet of separate pixels across
#   rows but not a packet of one repeated pixel, and refuses the file.
# Seen: repeated pixel over two rows -> OSError buffer overrun when reading
#   image file; separate pixels over two rows, or the run cut at the end of
#   the row: fine.
# Upstream: python-pillow/Pillow#6087 meant to allow both kinds of packet.
# Why it matters: old pictures with flat areas, the ones such runs are made
#   for, do not open.
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


def tga(packets):
    """Wrap the packets of a grey picture, 8 wide and 2 high, top row first."""
    head = struct.pack("<BBB5xHHHHBB", 0, 0, 11, 0, 0, 8, 2, 8, 0x20)
    return io.BytesIO(head + bytes(packets))


# 0x80 + n - 1 repeats one pixel n times; n - 1 is followed by n pixels.
flat = [5] * 12 + [6] * 4
cases = {
    "run cut at the row's end": ([0x87, 5, 0x83, 5, 0x83, 6], flat),
    "separate pixels over two rows": ([11, *range(12), 0x83, 6], [*range(12)] + [6] * 4),
    "run over two rows": ([0x8B, 5, 0x83, 6], flat),
}
seen = []
for name, (packets, pixels) in cases.items():
    try:
        read = list(Image.open(tga(packets)).tobytes())
        seen.append("right" if read == pixels else "wrong")
        print(f"{name}: {seen[-1]}")
    except OSError as error:
        seen.append("refused")
        print(f"{name}: {type(error).__name__}: {error}")
if seen != ["right", "right", "refused"]:
    sys.exit("changed: expected only the last of the three to be refused")
EOF
