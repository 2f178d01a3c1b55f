"""`bowerbird.toml`: what an installation at home does, in one file. Each table has a module of its own."""
