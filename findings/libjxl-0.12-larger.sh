#!/bin/sh
# Library: pillow-jxl-plugin 1.3.8 (libjxl 0.12.0) beside 1.3.7 (libjxl 0.11.1),
#   pillow 13.0.0; pictures of scikit-image 0.26.0
# Behaviour: lossless files of some photographs are 3 % larger from libjxl
#   0.12.0 than from 0.11, also at effort 9; of others they are smaller.
# Seen: 800 x 600 pixels of hubble_deep_field.jpg at effort 9: 684,262 bytes,
#   then 706,279; of retina.jpg 192,520, then 198,898 (chelsea.png becomes 1 %
#   smaller). With 0.12.0 effort 9 gains nothing over 7 for the first of them.
# Why it matters: a comparison with "JPEG XL" means little without the version,
#   and an update of the library is no way to smaller files of everything.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
pip() {
    "$dir/venv/bin/python" -m pip install -q "$@"
}
pip pillow==13.0.0
pip --no-deps --target "$dir/pictures" scikit-image==0.26.0
cat >"$dir/sizes.py" <<'EOF'
import io
import json
import sys
from importlib import metadata
from pathlib import Path

import pillow_jxl  # noqa: F401 - teaches Pillow the format
from PIL import Image

folder, result = Path(sys.argv[1], "skimage", "data"), Path(sys.argv[2])
sizes = {}
for name in ("hubble_deep_field.jpg", "retina.jpg", "chelsea.png"):
    with Image.open(folder / name) as image:
        picture = image.convert("RGB").crop((0, 0, min(800, image.width), min(600, image.height)))
    for effort in (7, 9):
        stream = io.BytesIO()
        picture.save(stream, "JXL", lossless=True, effort=effort)
        sizes[f"{name}, effort {effort}"] = len(stream.getvalue())
print("pillow-jxl-plugin", metadata.version("pillow-jxl-plugin"), sizes)
result.write_text(json.dumps(sizes))
EOF
for version in 1.3.7 1.3.8; do
    pip "pillow-jxl-plugin==$version"
    "$dir/venv/bin/python" -I "$dir/sizes.py" "$dir/pictures" "$dir/$version.json"
done
"$dir/venv/bin/python" -I - "$dir/1.3.7.json" "$dir/1.3.8.json" <<'EOF'
import json
import sys
from pathlib import Path

old, new = (json.loads(Path(path).read_text()) for path in sys.argv[1:])
for name in old:
    print(f"{name}: {new[name] / old[name] - 1:+.1%}")
grown = [name for name in old if name.endswith("effort 9") and new[name] > 1.025 * old[name]]
shrunk = [name for name in old if new[name] < old[name]]
if len(grown) != 2 or len(shrunk) != 2:
    sys.exit("changed: see the header for what was expected")
EOF
