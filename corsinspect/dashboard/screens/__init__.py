"""The screens that open over the list."""
