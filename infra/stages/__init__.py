"""The stages: what is decided about each, in `stages/*.toml` and on the command line."""
