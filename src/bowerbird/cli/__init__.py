"""The `bowerbird` command; one file a subcommand, which imports what it works with when it runs."""
