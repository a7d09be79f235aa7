"""Finds a Chromium for the browser tests, or installs one.

As root on Debian with apt-get, everywhere else with Playwright's own installer.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium: `CHROMIUM`, one on the PATH, or the one Playwright installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def _install() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("[set-up] Chromium for the browser tests, with apt-get", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *command], check=False, env=environment)  # noqa: S603, S607 - fixed arguments; Debian's own path of apt-get
        return
    print("[set-up] Chromium for the browser tests, with Playwright", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Find or install a Chromium; 1, and a message that says what to do, if there is none."""
    if find() is None:
        _install()
    if find() is None:
        print(
            "No Chromium was found and none could be installed. Install one, or name it: "
            "CHROMIUM=/path/to/chromium make test",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
