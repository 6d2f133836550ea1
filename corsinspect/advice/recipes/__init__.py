"""Recipes: code and configuration for a framework as data files, filled with what this session's calls need."""

from .choose import framework, suggestions
from .loader import Environments, Recipe, recipe, recipes
from .needs import Needs, needs_of
from .render import Rendered, render

__all__ = [
    "Environments",
    "Needs",
    "Recipe",
    "Rendered",
    "framework",
    "needs_of",
    "recipe",
    "recipes",
    "render",
    "suggestions",
]
