"""The time line of a saved session: its keys work beside it too."""

from corsinspect.dashboard.actions.widgets import HostWithWidgets
from corsinspect.dashboard.screens.jump import JumpScreen
from corsinspect.dashboard.state.source import FileSource


class TimeActions(HostWithWidgets):
    """Opening the time line, and moving in it."""

    def action_time_line(self) -> None:
        """Opens or closes the time line: play the session, step through it, or jump to a moment."""
        if self.time_line.opened:
            self.time_line.close()
        else:
            self.time_line.open(FileSource(*self.source.sessions), self.book.rows)
        self.refresh_bindings()

    def action_no_time_line(self) -> None:
        """Says why there is no time line while the capture goes on."""
        self.say(
            "The time line is for a session that has ended. "
            + (
                "Quit, then run the command that is printed."
                if self.source.actions
                else "Open it with corsinspect replay."
            )
        )

    def action_play(self) -> None:
        """Plays the session in its own time, or stops."""
        self.time_line.play()

    def action_step(self, steps: int) -> None:
        """Steps to the next request or response of the session, or to the previous one."""
        self.time_line.step(steps)

    def action_speed(self, steps: int) -> None:
        """Plays faster or slower: at 1, 10 or 100 times the original speed."""
        self.time_line.change_speed(steps)

    def action_jump(self) -> None:
        """Jumps to a time, and shows the session as it was then."""

        def jump(at: float | None) -> None:
            if at is not None:
                self.time_line.jump(at)

        if (times := self.time_line.times) is not None:
            self.push_screen(JumpScreen(*times), jump)

    def action_move(self, steps: int) -> None:
        """Selects the next or the previous call."""
        self.call_list.action_move(steps)

    def action_out_of_time(self) -> None:
        """Moves the focus back to the list; the time line stays."""
        self.call_list.focus()
