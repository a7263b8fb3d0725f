#!/bin/sh
# Library: pillow 13.0.0 (imagecodecs 2026.3.6, i.e. libtiff, to compare)
# Behaviour: a grey TIFF may say that its sample 0 is white
#   (PhotometricInterpretation 0). Pillow turns such a picture round when it
#   has 8 bits a sample and leaves it as it is when it has 16, so the same
#   scene opens as a negative.
# Seen: stored white, grey, black: 8 bits -> 255, 127, 0; 16 bits -> 0,
#   32896, 65535; libtiff shows 255, 127, 0 for both.
# Why it matters: medical pictures and scans of film are stored so, and come
#   out inverted.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q pillow==13.0.0 tifffile==2026.3.3 imagecodecs==2026.3.6 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import io
import sys

import imagecodecs
import numpy
import tifffile
from PIL import Image

levels = numpy.array([[0, 128, 255]], "u1")
seen = []
for stored in (levels, levels.astype("u2") * 257):
    file = io.BytesIO()
    tifffile.imwrite(file, stored, photometric="miniswhite", metadata=None)
    image = Image.open(file)
    pillow = numpy.asarray(image)[0].tolist()
    libtiff = imagecodecs.tiff_decode(file.getvalue(), asrgb=True)[0, :, 0].tolist()
    print(f"{stored.dtype}: Pillow {image.mode} {pillow}, libtiff {libtiff}")
    if libtiff != [255, 127, 0]:
        sys.exit("libtiff does not read the test picture: the test is wrong")
    seen.append(pillow)
if seen != [[255, 127, 0], [0, 32896, 65535]]:
    sys.exit("changed: expected the 8-bit picture turned round, the other not")
EOF
