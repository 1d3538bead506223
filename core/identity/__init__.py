"""How an identity provider is asked: addresses and keys, a code against tokens, the tokens' check.

Only here does anything speak OpenID Connect, and only from here does it go to the provider.
"""
