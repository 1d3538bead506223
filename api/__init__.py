"""What programs see: REST over HTTP; it only translates between JSON and services."""
