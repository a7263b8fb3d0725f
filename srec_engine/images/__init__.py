"""Pictures in and out: files as pictures, read twice, and back again; planes, metadata, packing without a network.

Nothing is imported here: a preview of a packed JPEG needs three of these modules, and no time for the others.
"""
