"""Making `.srec` a file type of the desktop, for the user who asks and for nobody else."""

from __future__ import annotations

from srec_gui.registration.register import Registration, is_registered, register, unregister

__all__ = ["Registration", "is_registered", "register", "unregister"]
