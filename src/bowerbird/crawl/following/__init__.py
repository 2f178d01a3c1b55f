"""Following a source from run to run: where it has been read, what was missed, what is asked next."""
