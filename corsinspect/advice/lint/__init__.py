"""The words of policy lint."""
