"""What browsers print when a call fails, and what it means."""
