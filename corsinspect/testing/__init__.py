"""What the pytest plugin gives to tests: a proxy beside them, and assertions on the calls that pass it."""
