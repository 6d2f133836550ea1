"""`corsinspect doctor`: what on this machine would stop a capture or a screen, and what to do about it."""
