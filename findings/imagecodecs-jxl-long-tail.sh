#!/bin/sh
# Library: imagecodecs 2026.3.6 (libjxl 0.11.2)
# Behaviour: jpegxl_encode_jpeg refuses a JPEG with more than 4,260,096 bytes
#   behind its end, as "motion photos" and gain maps of telephones have them.
#   The error does not say why (JXL_ENC_ERR_GENERIC).
# Seen: 4,260,096 bytes behind the end come back byte for byte, one more is
#   refused. (Known to libjxl: issue 3502.)
# Why it matters: what is behind the end has to be kept apart from the JPEG to
#   pack such a file at all.
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

MOST = 4_260_096
plain = imagecodecs.jpeg8_encode(numpy.zeros((16, 16, 3), numpy.uint8))
seen = []
for count in (MOST, MOST + 1):
    data = plain + bytes(count)
    try:
        back = imagecodecs.jpegxl_decode_jpeg(imagecodecs.jpegxl_encode_jpeg(data))
        result = "comes back" if back == data else "differs"
    except imagecodecs.JpegxlError as error:
        result = "refused"
        print(error)
    print(f"{count} bytes behind the end: {result}")
    seen.append(result)
if seen != ["comes back", "refused"]:
    sys.exit("changed: see the header for what was expected")
EOF
