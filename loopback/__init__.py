"""Who may speak to a server on loopback: this user's own programs, and no page of elsewhere.

The standard library only: the emulator's own Python imports it, too.
"""
