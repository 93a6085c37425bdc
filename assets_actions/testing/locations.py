"""Where in the repository a test stands, and where it went wrong.

By what pytest and the tests wrote, of which nothing is believed: a place is a line of a file that is there.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assets_actions.assets.document import Place, read_text
from assets_actions.assets.tree import EXECUTABLE, FILE

from .cases import Case
from .logs import clean
from .suites import Suite

Read = Callable[[str], bytes]
_MOST_READ = 8 * 1024 * 1024
_ENTRY = re.compile(
    r"^(?:E\s+)?(?:[ \t]*File \"(?P<file>[^\"\n]+)\", line (?P<line>\d{1,7})\b|(?P<path>[^:\n]+):(?P<number>\d{1,7}):)",
    re.MULTILINE,
)
"""What names a line in a traceback: pytest's own form, and Python's."""
_LINE_END = re.compile(r"\r\n?|\n")
"""What ends a line to Python; a form feed, which `splitlines` takes for one, does not."""
_HUNG = re.compile(r"^(?P<path>[^:\n]+):(?P<number>\d{1,7}): KeyboardInterrupt\s*$", re.MULTILINE)
_BROKEN = re.compile(r"ImportError while loading conftest|Fatal Python error")
"""Before the traceback of what pytest cannot report as a test's: what it cannot load, and of a crash."""


@dataclass(frozen=True)
class Locator:
    """Finds places for one suite; `root` is where the repository lies, for paths that begin there.

    `read` gives a file's content as it is now: tests ran, and may have done anything to it. OSError: there is none.
    """

    suite: Suite
    root: str
    read: Read

    def located(self, case: Case) -> Case:
        """The case with its place: the line in its own file that led to what went wrong, else where it begins.

        It has no file where it names none of the repository.
        """
        own = self._own_file(case.file) if case.file else None
        at = list(self._entries(case.text)) if case.outcome in ("failed", "error") else []
        if own:
            in_own = [line for path, line in at if path == own]
            return case._replace(file=own, line=in_own[-1] if in_own else case.line or 1)
        file, line = at[-1] if at else (None, None)
        return case._replace(file=file, line=line)

    def place(self, case: Case) -> Place | None:
        """The place of a case that was located."""
        return self._line(case.file, case.line or 1) if case.file else None

    def where_it_ended(self, log: str) -> Place | None:
        """The line at which pytest was interrupted or went down, where it could still say so."""
        text = clean(log)
        for found in _HUNG.finditer(text):
            if path := self._inside(self.suite.directory, found["path"]):
                return self._line(path, int(found["number"]))
        broken = _BROKEN.search(text)
        at = list(self._entries(text[broken.start() :])) if broken else []
        return self._line(*at[-1]) if at else None

    def _own_file(self, name: str) -> str | None:
        """The file of a test: pytest names it as seen from its root directory, which is one that holds the tests."""
        holders = [self.suite.directory]
        for lowest in (self.suite.tests, self.suite.directory):
            directory = lowest
            while directory:
                holders.append(directory)
                directory = posixpath.dirname(directory)
        return next(filter(None, (self._inside(holder, name) for holder in (*holders, ""))), None)

    def _entries(self, text: str) -> Iterator[tuple[str, int]]:
        """The lines of the repository that a traceback names, the innermost last; paths lead from where pytest ran."""
        for found in _ENTRY.finditer(clean(text)):
            if path := self._inside(self.suite.directory, found["path"] or found["file"]):
                yield path, int(found["number"] or found["line"])

    def _inside(self, directory: str, name: str) -> str | None:
        """The file of the repository that a path leads to; None where it leads to none."""
        if posixpath.isabs(name):
            directory, name = "", name.removeprefix(f"{self.root}/")
        path = posixpath.normpath(posixpath.join(directory, name))
        entry = self.suite.asset.tree.entries.get(path)
        return path if entry and entry.mode in (FILE, EXECUTABLE) else None

    def _line(self, path: str, number: int) -> Place:
        try:
            lines = _LINE_END.split(read_text(path, self.read(path), _MOST_READ).text)
        except OSError:
            lines = []
        source = lines[number - 1] if 0 < number <= len(lines) else ""
        indent = len(source) - len(source.lstrip())
        return Place(path, max(1, number), indent + 1, max(indent + 2, len(source) + 1), source)
