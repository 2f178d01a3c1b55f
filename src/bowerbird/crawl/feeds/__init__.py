"""Feeds, read by feedparser in a process of their own, which has little time and little memory."""
