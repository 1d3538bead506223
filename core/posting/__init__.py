"""How something is sent to addresses that people chose: never where it must not go, never for long.

Only from here does anything speak HTTP to webhooks' receivers.
"""
