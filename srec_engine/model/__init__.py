"""Models: their configuration, their files, and where they are found."""
