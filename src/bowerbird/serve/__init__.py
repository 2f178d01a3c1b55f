"""`bowerbird serve`: the HTTP API on this machine, and the protocol of the original filter server."""
