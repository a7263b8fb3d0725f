"""The float network, its mixture and its loss. Needs torch."""
