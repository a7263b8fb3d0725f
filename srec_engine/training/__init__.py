"""Training and evaluation. Needs torch, numpy and Pillow alone, and of the rest of the engine only the network and the
pyramid; `integer_evaluation`, which needs the codec, is imported where it is used.
"""
