"""What the dashboard knows, and where it comes from. Nothing here draws."""
