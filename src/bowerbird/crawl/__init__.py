"""Crawl: sources yield posts, host rules turn them into candidates, candidates go on the queue."""
