"""Durable queue and ledger of the embedded host, on SQLite in WAL mode."""
