"""What a project asks of its calls: which must be allowed, which failures are expected, which are known, what fails."""
