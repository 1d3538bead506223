"""What programs see: REST and MCP; it only translates between JSON and services."""
