"""What readers that don't need the whole of a file at once give of it."""

from typing import NamedTuple

from corsinspect.model import Exchange

PIECE = 32
"""Exchanges in a piece: some 3 ms of reading."""


class Piece(NamedTuple):
    """Some exchanges of a file."""

    exchanges: list[Exchange]
    done: float
    """Which part of the file has been read by now, of 1."""
