"""The command line as a process of its own that need not start Python: it is forked from one that has all imported."""

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from assets_actions.__main__ import main
from assets_actions.commands import COMMANDS, module_name

for _command in COMMANDS:
    importlib.import_module(module_name(_command))

AT_START = ("PYTHON", "LC_", "LANG", "TZ")
"""Variables that begin like these are read as Python starts."""


def run(arguments: Sequence[str], cwd: Path, env: Mapping[str, str], out: Path, err: Path) -> None:
    """Become the command line: with these arguments, in this directory, writing to these files."""
    for file, stream in ((out, 1), (err, 2)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["assets-actions", *arguments]
    main()
