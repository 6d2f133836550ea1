"""What a session's other traffic shows about a call: its page's documents and earlier calls, its connection, its
browser."""
