"""The screen."""

import os

# Textual repaints with its next tick, and reads how many there are a second when it's imported: of a key's 9 ms, 8 were
# waiting for one
os.environ.setdefault("TEXTUAL_FPS", "120")
