"""The AWS emulator as a process of this machine."""
