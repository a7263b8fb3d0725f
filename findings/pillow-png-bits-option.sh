#!/bin/sh
# Library: pillow 13.0.0, and 12.0.0 to compare
# Behaviour: the option `bits` of the PNG writer is the depth of a palette
#   picture up to 12.0.0; 13.0.0 takes the smaller of it and of what the
#   palette's length needs, so that bits=8 writes 4 for up to 16 colours.
# Seen: depth in the header of a palette PNG of 7 colours, bits=8: 12.0.0
#   writes 8, 13.0.0 writes 4.
# Why it matters: whoever puts Pillow's rows under a header of their own, or
#   needs 8 bits for a reader that knows no other, gets rows of another depth.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
depth_with() {
    "$dir/venv/bin/python" -m pip install -q "pillow==$1"
    "$dir/venv/bin/python" -I - <<'EOF'
import io

from PIL import Image

image = Image.new("P", (5, 4))
image.putpalette(bytes(range(3 * 7)))
stream = io.BytesIO()
image.save(stream, "PNG", bits=8)
print(stream.getvalue()[24])
EOF
}
older=$(depth_with 12.0.0)
newer=$(depth_with 13.0.0)
echo "bits=8 and 7 colours: 12.0.0 writes depth $older, 13.0.0 depth $newer"
[ "$older $newer" = "8 4" ] || { echo "changed: see the header for what was expected" >&2; exit 1; }
