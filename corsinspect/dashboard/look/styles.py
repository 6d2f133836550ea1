"""The styles of text, by what they say: one name for each, so that a theme changes all of it."""

QUIET = "$foreground-muted"
STRONG = "bold"
KEY = "bold $text-accent"
WARNING = "$text-warning"
GOOD = "$text-success"
BAD = "bold $text-error"
LOUD = "bold $text-warning reverse"
