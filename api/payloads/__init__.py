"""The JSON that goes in and out, as typed models with examples."""
