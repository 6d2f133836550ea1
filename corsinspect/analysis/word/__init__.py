"""What a launched browser said of its own requests: whose it is, and what follows."""
