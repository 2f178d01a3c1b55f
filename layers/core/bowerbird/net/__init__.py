"""The only way out: HTTP with address checks, limits and manners."""
