"""The `srec` command: one module per command, thin over the public API."""

from __future__ import annotations
