"""The recipes for a session's servers, each made once: for a blocked call alone it takes milliseconds."""

from corsinspect.advice.solution import RecipeChange, is_useful, recipe_change, server_of
from corsinspect.model import Call
from corsinspect.report.neighbours import Neighbours


class Recipes:
    """Recipes by server, filled from the session's calls to it."""

    def __init__(self, session: Neighbours) -> None:
        self._session = session
        self._made: dict[str, RecipeChange | None] = {}

    def of(self, call: Call) -> RecipeChange | None:
        """The one for the server where this call stopped; None where no recipe helps."""
        if not is_useful(call):
            return None
        server = server_of(call)
        if server not in self._made:
            self._made[server] = recipe_change(server, self._session.many(call))
        return self._made[server]
