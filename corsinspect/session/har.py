"""stub"""

from corsinspect.model import Exchange
from corsinspect.session.errors import Problem


def read(data: bytes) -> tuple[list[Exchange], list[Problem]]:
    return [], []


def resembles(head: bytes) -> bool:
    return False
