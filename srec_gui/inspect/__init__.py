"""The Inspect room: where the bits went, scale by scale."""
