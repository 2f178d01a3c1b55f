"""The filter over HTTP: judge pictures that somebody hands in, without a queue and without a store."""
