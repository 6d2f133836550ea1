"""What follows from many Calls: what they have in common, what they cost, whom a server lets in."""
