"""What an entropy coder tells the person."""

from __future__ import annotations

__all__ = ["FIRST_RUN_MESSAGE", "INSTALL_ADVICE"]

FIRST_RUN_MESSAGE = "preparing the entropy coder (first run)"
"""Something is being compiled that later runs find ready."""

INSTALL_ADVICE = (
    "Install numba (pip install numba), which needs no compiler. Or install torch, torchac and ninja "
    "(pip install torch torchac ninja) and a C++ compiler: g++ and the headers of Python (python3-dev) on Linux, "
    "Xcode's command line tools on macOS, the Visual Studio Build Tools on Windows."
)
"""What to do where no entropy coder works."""
