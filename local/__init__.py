"""The gateway on a laptop: the real stack in an emulator, a sandbox upstream and the demo page."""
