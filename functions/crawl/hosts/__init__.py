"""One file an image host; a module with a `RULE` is found by itself."""
