"""`python -m srec_gui [FILES…]`."""

from __future__ import annotations

import sys

from srec_gui.main import main

if __name__ == "__main__":
    sys.exit(main())
