#!/bin/sh
# Library: torch 2.13.0 (any build without support for Intel GPUs)
# Behaviour: the context manager that switches oneDNN on and off warns that
#   TF32 is for Intel GPUs, though nobody asked for TF32 and there is no GPU:
#   its argument allow_tf32 is True unless the caller gives another value.
# Seen: one UserWarning with flags(enabled=False), none with
#   flags(enabled=False, allow_tf32=None), which is not documented.
# Upstream: pytorch/pytorch#149829, closed as mended by #150358 ("flags() CM
#   should not warn").
# Why it matters: where warnings are errors, oneDNN cannot be switched off for
#   a while in the way that is meant for it.
# TORCH_INDEX_URL names another index for the CPU build of torch.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$dir/venv"
index=${TORCH_INDEX_URL:-https://download.pytorch.org/whl/cpu}
"$dir/venv/bin/python" -m pip install -q --extra-index-url "$index" torch==2.13.0 numpy==2.4.6
"$dir/venv/bin/python" -I - <<'EOF'
import sys
import warnings

import torch


def warned(**arguments):
    """What is warned of while oneDNN is switched off and on again."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with torch.backends.mkldnn.flags(**arguments):
            pass
    return [str(warning.message) for warning in caught]


none, plain = warned(enabled=False, allow_tf32=None), warned(enabled=False)
print(f"flags(enabled=False): {plain}")
print(f"flags(enabled=False, allow_tf32=None): {none}")
if [("Intel GPUs" in text) for text in plain] != [True] or none:
    sys.exit("changed: see the header for what was expected")
EOF
