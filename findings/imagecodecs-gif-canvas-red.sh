#!/bin/sh
# Library: imagecodecs 2026.3.6
# Behaviour: gif_decode of a GIF whose picture does not fill the canvas
#   paints the rest with the NUMBER of the background colour in the red
#   channel, not with that colour (nor clear, as browsers do).
# Seen: background index 0, 1, 2, 3 of a palette red, green, blue, grey ->
#   (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0); the picture itself is right.
# Why it matters: the border has a colour that the file does not contain, so
#   a palette rebuilt from the pixels is wrong.
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

palette = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (90, 90, 90)]


def gif(background):
    """Build a 3x3 canvas with a 2x2 picture of colours 0, 1, 2, 3 at its corner."""
    bits = 0
    # LZW with 3-bit codes; clearing (code 4) every two pixels keeps them 3 wide
    for place, code in enumerate([4, 0, 1, 4, 2, 3, 5]):
        bits |= code << 3 * place
    body = bits.to_bytes(3, "little")
    return (
        struct.pack("<6sHHBBB", b"GIF89a", 3, 3, 0x81, background, 0)
        + bytes(sum(palette, ()))
        + struct.pack("<BHHHHB", 0x2C, 1, 1, 2, 2, 0)
        + bytes([2, len(body)]) + body + b"\0;"
    )


seen = []
for background in range(4):
    array = imagecodecs.gif_decode(gif(background))
    if array[1:, 1:].reshape(4, 3).tolist() != [list(c) for c in palette]:
        sys.exit("the picture itself is not read: the test is wrong")
    border = {tuple(array[y, x].tolist()) for y, x in ((0, 0), (0, 2), (2, 0))}
    print(f"background {background}, {palette[background]}: border {border}")
    seen.append(border)
if seen != [{(index, 0, 0)} for index in range(4)]:
    sys.exit("changed: expected the index as red")
EOF
