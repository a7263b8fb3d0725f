#!/bin/sh
# Library: imagecodecs 2026.3.6 (libjxl 0.11.2), pillow 13.0.0
# Behaviour: jpegxl_encode_jpeg refuses a progressive JPEG in colour with a
#   restart marker for each row: its scans have other numbers of blocks in a
#   row, so the interval changes between scans, and one interval is all that
#   the reconstruction data can hold.
# Seen: restart_marker_rows=1 of Pillow's writer: baseline is packed and comes
#   back, progressive is refused with JXL_ENC_ERR_GENERIC; progressive with
#   restart_marker_blocks=3 (one interval for all scans) comes back.
# Why it matters: the file is valid and every reader reads it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install -q imagecodecs==2026.3.6 numpy==2.4.6 pillow==13.0.0
"$dir/venv/bin/python" -I - <<'EOF'
import io
import sys

import imagecodecs
from PIL import Image

ramp = Image.linear_gradient("L")
picture = Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180))).resize((96, 64))
seen = []
for options in (
    {"restart_marker_rows": 1},
    {"restart_marker_rows": 1, "progressive": True},
    {"restart_marker_blocks": 3, "progressive": True},
):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", subsampling="4:2:0", **options)
    data = stream.getvalue()
    try:
        back = imagecodecs.jpegxl_decode_jpeg(imagecodecs.jpegxl_encode_jpeg(data))
        result = "comes back" if back == data else "differs"
    except imagecodecs.JpegxlError as error:
        result = "refused"
        print(error)
    print(f"{options}: {result}")
    seen.append(result)
if seen != ["comes back", "refused", "comes back"]:
    sys.exit("changed: see the header for what was expected")
EOF
