"""The stack in the emulator: deploy it, read it back, follow its logs and events."""
