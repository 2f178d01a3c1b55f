"""The embedded host: crawl, queue, filter and store in one process."""
