"""One file a subcommand: `register` adds its parser, `run` does it and gives the exit status."""
