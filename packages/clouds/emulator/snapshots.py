"""Whole, consistent snapshots of a running account on disk, as Redis makes them: a forked child sees every service at one
instant, writes a new directory, and switches the link `current` to it. Used by corrections/durable_state.py.
"""

from __future__ import annotations

import copy
import ctypes
import errno
import json
import os
import shutil
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence

# Runs the function that forks, at an instant when no request is half done, and gives what it returns.
Forker = Callable[[Callable[[], int]], int]

_CHILD_SECONDS = 30

# What the child of a snapshot tells by its exit code: a full disk, a quota that is used up, a disk that takes no writes.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Snapshots:
    """Takes snapshots under `root`, one at a time; the two newest are kept."""

    def __init__(self, root: Path, before_fork: Callable[[], None]) -> None:
        self.root = root
        self.current = root / "current"
        self._before_fork = before_fork
        self._one_at_a_time = threading.Lock()

    def take(self, fork: Forker, fsync: bool) -> str:
        """Take one, and give its name; with `fsync` it is on the disk itself when this returns. Raises OSError."""
        with self._one_at_a_time:
            new = self.root / str(time.time_ns())
            pid = fork(lambda: self._fork(new, fsync))
            _, status = os.waitpid(pid, 0)
            if status != 0:
                shutil.rmtree(new, ignore_errors=True)
                code = os.waitstatus_to_exitcode(status)
                if code in _OF_THE_DISK:
                    raise OSError(code, os.strerror(code), str(new))
                raise OSError(f"the snapshot {new} ended with status {status}; the reason is above in this log")
            for old in self._names()[:-2]:
                shutil.rmtree(self.root / old, ignore_errors=True)
            return new.name

    def remove_torn(self) -> None:
        """Directories that `current` was never switched to, left by a kill in the middle of a snapshot."""
        keep = os.readlink(self.current) if self.current.is_symlink() else None
        for name in self._names():
            if name != keep:
                shutil.rmtree(self.root / name, ignore_errors=True)

    def _names(self) -> list[str]:
        return sorted(name for name in os.listdir(self.root) if name.isdigit())

    def _fork(self, new: Path, fsync: bool) -> int:
        self._before_fork()
        parent = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of threads; the child uses none
            pid = os.fork()
        if pid == 0:
            self._write_and_exit(new, fsync, parent)
        return pid

    def _write_and_exit(self, new: Path, fsync: bool, parent: int) -> None:
        try:
            _die_with(parent)
            # A lock that another thread held at the fork would hang the child for ever.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_CHILD_SECONDS)
            os.nice(5)
            # What `get_state` copies so that nobody changes it is this process's own copy already.
            copy.deepcopy = _same
            new.mkdir()
            for name, state_of in app._build_persistence_save_dict().items():
                state = state_of()
                if state is not None:
                    _write(new / f"{name}.json", _document(name, state), self.current / f"{name}.json", fsync)
            if fsync:
                _fsync(new)
            if os.getppid() != parent:
                os._exit(1)  # the account was killed, and perhaps started again: what it writes now is newer
            link = self.root / "next"
            link.unlink(missing_ok=True)
            link.symlink_to(new.name)
            link.replace(self.current)
            if fsync:
                _fsync(self.root)
            os._exit(0)
        except BaseException as error:
            code = error.errno if isinstance(error, OSError) and error.errno in _OF_THE_DISK else 1
            try:
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(code)


def _die_with(parent: int) -> None:
    """The child ends with the account; where the kernel cannot see to it, the lock on the state root makes the next wait."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _same(value: Any, memo: dict[int, Any] | None = None) -> Any:
    del memo
    return value


def _document(name: str, state: Any) -> str:
    document = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    return json.dumps(document, default=persistence._json_default)


def _write(path: Path, text: str, before: Path, fsync: bool) -> None:
    """Write one service's state. Most services rest most of the time: what is as it was in the last snapshot is linked."""
    data = text.encode()
    if _is(before, data):
        os.link(before, path)
    else:
        path.write_bytes(data)
    if fsync:
        _fsync(path)


def _is(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _fsync(path: Path) -> None:
    """Force a file or a directory to the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
