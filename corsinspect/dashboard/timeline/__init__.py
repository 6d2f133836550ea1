"""The time line of a saved session."""
