"""Everything around the functions: the embedded host and deployment."""
