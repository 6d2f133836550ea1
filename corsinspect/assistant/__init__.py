"""The MCP server: facts about captured calls for AI assistants.

- What a tool answers is a function of calls to a value: `calls`, `listing`, `explaining`, `fixing`, `verifying`.
- `desk` has the capture and the waiting, `tools` and `resources` say what there is, `server` speaks MCP on stdio.
- Whatever came from the network stands under `captured` and nowhere else; the rest are corsinspect's own words.
"""
