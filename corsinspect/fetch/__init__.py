"""The Fetch standard's CORS rules, as pure functions on plain values, and where the engines differ, as data."""
