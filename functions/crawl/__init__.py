"""The crawl function."""
