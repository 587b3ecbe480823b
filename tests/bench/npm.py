"""Bun and Deno, which npm puts into the tests' cache at their first use."""

import os
import pathlib
import subprocess

NAMES = ["bun", "deno"]


def program(name):
    """Its path, or nothing where it can't be had."""
    folder = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "qi-tests" / "peers"
    if not folder.exists():
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *NAMES], stdin=subprocess.DEVNULL)
    path = folder / "node_modules" / ".bin" / name
    return path if path.exists() else None
