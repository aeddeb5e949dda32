"""The code of functions: each archive once in memory, with its digest, and once unpacked on disk. Used by
corrections/prepared_code.py and corrections/durable_state.py."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import zipfile
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path


@cache
def function_code(state_root: Path) -> FunctionCode:
    """The code of one account's functions."""
    return FunctionCode(state_root / "tmp" / "code")


class FunctionCode:
    """`unpacked` is a directory of its own, on the disk on which functions run; what it holds is made again when it is missing."""

    def __init__(self, unpacked: Path) -> None:
        self._unpacked = unpacked
        self._archives: dict[str, bytes] = {}
        self._digests: dict[int, str] = {}
        self._lock = threading.Lock()

    def digest(self, archive: bytes) -> str:
        """Sha256 in hex digits; of an archive that was seen before it is not computed again."""
        known = self._digests.get(id(archive))
        if known is not None and self._archives.get(known) is archive:
            return known
        return hashlib.sha256(archive).hexdigest()

    def shared(self, archive: bytes) -> bytes:
        """The archive itself, or the equal one that is in memory already: the functions of a release have the same code."""
        with self._lock:
            return self._one(archive)

    def _one(self, archive: bytes) -> bytes:
        digest = self.digest(archive)
        first = self._archives.setdefault(digest, archive)
        self._digests[id(first)] = digest
        return first

    def forget_all_but(self, archives: Iterable[bytes]) -> None:
        """Let go of what no function has any more."""
        with self._lock:
            needed = {self.digest(archive) for archive in archives}
            for digest in self._archives.keys() - needed:
                self._digests.pop(id(self._archives.pop(digest)), None)
                shutil.rmtree(self._unpacked / digest, ignore_errors=True)

    def place(self, archive: bytes, directory: Path) -> None:
        """Lay the archive's files into a directory, as links to those that were unpacked once and that nobody may write to."""
        with self._lock:
            source = self._prepared(archive)
            for parent, _, names in os.walk(source):
                target = directory / Path(parent).relative_to(source)
                target.mkdir(parents=True, exist_ok=True)
                for name in names:
                    os.link(Path(parent) / name, target / name)

    def prepare(self, archive: bytes) -> None:
        """Unpack, unless it was before."""
        with self._lock:
            self._prepared(archive)

    def _prepared(self, archive: bytes) -> Path:
        directory = self._unpacked / self.digest(self._one(archive))
        if not directory.exists():
            half = directory.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            with zipfile.ZipFile(BytesIO(archive)) as whole:
                whole.extractall(half)
            for parent, _, names in os.walk(half):
                for name in names:
                    (Path(parent) / name).chmod(0o444)
            half.rename(directory)
        return directory
