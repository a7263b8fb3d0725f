"""Sizes, times and memory of this codec beside others, measured in one run."""
