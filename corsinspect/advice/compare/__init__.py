"""How values and calls differ: what was needed beside what was sent, and one call beside another."""
