"""Coding whole pictures: tiles, the walk from coarse to fine, the choice of method, verification. Needs torch."""
