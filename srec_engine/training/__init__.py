"""Training and evaluation. Needs torch, and of the rest of the engine only the network and the pyramid."""
