"""One call in full, in tabs."""
