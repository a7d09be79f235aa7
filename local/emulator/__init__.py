"""The AWS emulator."""
