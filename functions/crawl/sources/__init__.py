"""One file a source of posts."""
