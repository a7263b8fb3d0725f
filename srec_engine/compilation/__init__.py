"""Inner loops as machine code, and the folder it is kept in. `kernels` imports numba, `cache_directory` does not."""
