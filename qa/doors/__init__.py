"""Doors for programs: five read-only tools over MCP (``qa mcp``) and over HTTP (``qa serve``)."""
