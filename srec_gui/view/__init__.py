"""The View room: any picture, and `.srec` pictures that sharpen while they decode."""
