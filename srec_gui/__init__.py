"""SReC desktop's window: compress, view and inspect pictures with `srec_engine`."""

from __future__ import annotations

__all__ = ["APP_ID", "APP_NAME", "__version__"]

APP_ID = "org.srec.desktop"
"""Name of the `.desktop` file, the D-Bus style id and the settings' folder."""

APP_NAME = "SReC"
"""What the person sees in titles."""

__version__ = "0.1.0"
