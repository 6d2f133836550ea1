"""What is kept of a value, and what is replaced before a line is written."""
