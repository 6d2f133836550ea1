"""Listening to launched browsers: what they themselves say of each request that they make, or don't."""
