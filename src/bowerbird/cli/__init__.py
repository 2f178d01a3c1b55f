"""The `bowerbird` command; one file a subcommand."""
