"""The name the gateway gives itself in every call to the liveness API and to AWS."""

from typing import Final

# The release, as pyproject.toml has it: that file is not in the zips. A test compares the two.
VERSION: Final = "0.1.0"
USER_AGENT: Final = f"liveness-gateway/{VERSION}"
