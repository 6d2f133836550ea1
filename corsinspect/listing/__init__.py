"""A call as a row of a list, and the filter language over rows: what the dashboard and the MCP server list."""
