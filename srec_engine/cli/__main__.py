"""`python -m srec_engine.cli` is the `srec` command."""

from __future__ import annotations

import sys

from srec_engine.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
