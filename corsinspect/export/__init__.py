"""Judged traffic in forms for other programs; a form is a module with `WRITERS`, and a row in `commands.export`."""
