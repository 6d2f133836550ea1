"""What `check` and `run` do: judge recorded files, in several processes, and report on them."""
