"""What agents see: tools to call and resources to read, by MCP over HTTP and stdio."""
