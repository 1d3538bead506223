"""The version of Sage Mode."""

VERSION = "0.1.0"
