"""Theme, signs and bell, as the person likes them."""

import os
import time

from textual.filter import LineFilter
from textual.theme import Theme

from corsinspect.dashboard.host import Host
from corsinspect.dashboard.look.themes import HIGH_CONTRAST, Ascii, needs_ascii, usual_theme

QUIET_AFTER_BELL = 2.0
"""Seconds."""


class Appearance:
    """What is remembered of it, and what the terminal asks for."""

    def __init__(self, host: Host) -> None:
        self._host = host
        wants_ascii = host.preferences.value.ascii
        self._ascii = Ascii(enabled=needs_ascii(os.environ) if wants_ascii is None else wants_ascii)
        self._rang = float("-inf")
        self._theme_kept = ""

    def filters(self) -> list[LineFilter]:
        """What every line that's drawn goes through."""
        return [self._ascii] if self._ascii.enabled else []

    def turn_ascii(self) -> None:
        """Draws in ASCII only, or in full again."""
        self._ascii.enabled = not self._ascii.enabled
        self._host.prefer(ascii=self._ascii.enabled)
        self._host.refresh_css(animate=False)  # every line was kept as it was drawn

    def turn_bell(self) -> None:
        """Turns the bell on or off."""
        self._host.prefer(bell=not self._host.preferences.value.bell)
        self._host.say(f"The bell is {'on' if self._host.preferences.value.bell else 'off'}.")

    def choose_theme(self) -> None:
        """Takes the theme that was chosen before, or the one that suits the terminal."""
        self._host.register_theme(HIGH_CONTRAST)
        self._theme_kept = self._host.theme
        if "TEXTUAL_THEME" in os.environ:
            return
        theme = self._host.preferences.value.theme
        if theme not in self._host.available_themes:
            theme = usual_theme(os.environ, self._host.console.color_system, grey=self._host.no_color)
        if theme is not None:
            self._host.theme = theme
        self._theme_kept = self._host.theme

    def keep_theme(self, theme: Theme) -> None:
        """Remembers a theme that the person chose."""
        if theme.name != self._theme_kept:  # the theme of the start is told as a change too
            self._theme_kept = theme.name
            self._host.prefer(theme=theme.name)

    def ring(self) -> None:
        """Rings, if that's wanted, but not for each of many."""
        if self._host.preferences.value.bell and time.monotonic() - self._rang > QUIET_AFTER_BELL:
            self._rang = time.monotonic()
            self._host.bell()
