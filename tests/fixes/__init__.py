"""Recipes tried out: a broken app, the recipe pasted into it as it is, and the page's calls in real Chromium.

`python -m tests.fixes.table` tries all of them and writes the table in the README.
"""
