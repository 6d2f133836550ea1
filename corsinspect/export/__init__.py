"""Judged traffic in forms for other programs, and sessions made of sessions.

A form is a module with `WRITERS`, and a row in `commands.export`. `editing` writes sessions, `changes` compares two.
"""
