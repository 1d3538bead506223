"""What the API tells and takes, as dataclasses: fields and types are those of its document."""
