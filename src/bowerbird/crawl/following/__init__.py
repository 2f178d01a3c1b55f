"""Follows a source from run to run: where it has been read, what was missed, and what to ask for next."""
