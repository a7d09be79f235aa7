"""The gateway on a laptop: the real stack in an emulator, a sandbox upstream, the demo page."""
