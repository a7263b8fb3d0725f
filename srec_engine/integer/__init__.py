"""The network in integers: export with the 2²⁴ proof, exact kernels, known answers. Needs torch."""
