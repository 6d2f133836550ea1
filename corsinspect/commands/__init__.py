"""What the command line runs: a module a command. Each is imported when its command is called, and not before."""
