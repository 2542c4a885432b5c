"""The Chromium that the tests look at pages with: the system's, else Playwright's own; no test belongs here.

`python -m tests.web.browser` installs one where there is none: Debian's package as root, Playwright's own elsewhere.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONE = "The tests of pages need Chromium: `make test` installs one, `apt-get install chromium` (Debian) does too."


def find() -> str | None:
    """The path of a Chromium; None where there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


def install() -> None:
    """Installs a Chromium.

    Raises:
        subprocess.CalledProcessError: that did not work.
    """
    is_root = os.geteuid() == 0
    if is_root and Path("/etc/debian_version").is_file() and "ID=debian" in Path("/etc/os-release").read_text():
        quietly = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quietly)  # type: ignore[call-overload]
        packages = ["chromium", "fonts-dejavu-core"]
        command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
        subprocess.run(command, check=True, **quietly)  # type: ignore[call-overload]
    else:
        needs = ["--with-deps"] if is_root else []
        subprocess.run([sys.executable, "-m", "playwright", "install", *needs, "chromium"], check=True)


if __name__ == "__main__":
    if find() is None:
        sys.stderr.write("Installing Chromium for the tests of pages …\n")
        try:
            install()
        except (subprocess.CalledProcessError, OSError) as error:
            sys.exit(f"{NONE} Installing it failed: {error}")
        if find() is None:
            sys.exit(NONE)
