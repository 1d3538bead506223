"""What programs see: REST, sockets and MCP; it only translates between JSON and services."""
