"""Recipes: code and configuration for a framework as data files, filled with what this session's calls need."""

from .choose import framework, matches, suggestions
from .edits import Edit, code_only, diff, edits, in_words
from .loader import Environments, Recipe, recipe, recipes
from .needs import Needs, needs_of
from .present import Present, present_of, with_present
from .render import Rendered, render

__all__ = [
    "Edit",
    "Environments",
    "Needs",
    "Present",
    "Recipe",
    "Rendered",
    "code_only",
    "diff",
    "edits",
    "framework",
    "in_words",
    "matches",
    "needs_of",
    "present_of",
    "recipe",
    "recipes",
    "render",
    "suggestions",
    "with_present",
]
