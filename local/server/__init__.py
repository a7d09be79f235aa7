"""The one address of the gateway on this machine."""
