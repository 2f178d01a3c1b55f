"""The embedded host and the `bowerbird` command: the same logic, one process, no account."""
