"""Saved sessions that processes of their own read: `reading` judges, `making` makes rows, `saved` takes them in."""
