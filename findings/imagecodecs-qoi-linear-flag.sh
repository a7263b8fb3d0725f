#!/bin/sh
# Library: imagecodecs 2026.3.6
# Behaviour: qoi_encode has no argument for the colour space and sets the
#   byte in the header by the number of channels: 0 (sRGB) for RGB, 1 (all
#   channels linear) for RGBA. Adding an opaque alpha channel so declares
#   the same colours to be something else.
# Seen: same pixels: RGB -> channels 3, colour space 0; RGBA -> channels 4,
#   colour space 1.
# Why it matters: a reader that heeds the flag shows every picture with
#   alpha too bright.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q imagecodecs==2026.3.6 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import sys

import imagecodecs
import numpy

rgb = numpy.arange(192, dtype="u1").reshape(8, 8, 3)
alpha = numpy.full((8, 8, 1), 255, "u1")
rgba = numpy.concatenate([rgb, alpha], 2)
seen = []
for name, array in (("RGB", rgb), ("RGBA", rgba)):
    data = imagecodecs.qoi_encode(array)
    if not numpy.array_equal(imagecodecs.qoi_decode(data), array):
        sys.exit("the pixels do not come back: the test is wrong")
    channels, space = data[12], data[13]
    meaning = "sRGB" if space == 0 else "all channels linear"
    print(f"{name}: channels {channels}, colour space {space} ({meaning})")
    seen.append((channels, space))
if seen != [(3, 0), (4, 1)]:
    sys.exit("changed: expected colour space 0 for RGB and 1 for RGBA")
EOF
