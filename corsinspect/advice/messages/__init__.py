"""What browsers print when a call fails, what it means, and what is said of many calls and of their credentials."""
