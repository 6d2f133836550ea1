"""How things look: themes, symbols, styles and text in few cells; knows nothing of a session."""
