"""The gateway's function `verify` beside what else could be picked: `make bench`."""
