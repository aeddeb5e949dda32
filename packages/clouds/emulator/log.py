"""What the account says, on standard output and standard error. A line that finds no room or no reader is lost: no thread ends for it."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


class _Lossy(io.RawIOBase):
    """A descriptor whose writes never fail."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        with suppress(OSError):
            os.write(self._descriptor, data)
        return len(data)


def never_fail() -> None:
    """Replace both streams. Whoever keeps a reference to them, as logging does, must come after."""
    sys.stdout = _lines_of(1)
    sys.stderr = _lines_of(2)


def _lines_of(descriptor: int) -> io.TextIOWrapper:
    raw = io.BufferedWriter(_Lossy(descriptor))
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True, write_through=True)
