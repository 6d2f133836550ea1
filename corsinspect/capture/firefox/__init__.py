"""What is Firefox's own at the launch of a browser."""
