"""The stage that runs on this machine: what it is follows from the machine, so no file says it."""

import platform
import sys
from typing import Any

from infra.stages.stage import LOCAL


def local_settings() -> dict[str, Any]:
    """The settings of the stage `local`."""
    arm = platform.machine().lower() in ("arm64", "aarch64")
    return {
        "name": LOCAL,
        "upstream_url": "http://127.0.0.1:8081",
        "allowed_origins": ["*"],
        "minimum_threshold": 0,
        "retention_hours": 24,
        "rate_limit": 1000,
        "burst_limit": 2000,
        "client_rate_limit": 1000,
        "client_burst_limit": 2000,
        # The emulator runs the functions as processes of this machine, with the tests' Python.
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "architecture": "arm64" if arm else "x86_64",
        "host_libraries": True,
        "keep_data": False,
        "log_retention_days": 1,
        "log_level": "DEBUG",
    }
