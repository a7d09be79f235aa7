"""The zip of each function: its source, the shared package, the libraries and the bytecode."""
