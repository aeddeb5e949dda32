"""Keeps temporary credentials over a kill. Used by corrections/durable_state.py.

Who was given credentials uses them for up to an hour, and AWS never forgets them. A snapshot may be a second old, so each
session is also appended to a file at the moment it is made.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from ministack.services import sts


class SessionJournal:
    """One JSON line for each session, `[access key, session]`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def restore(self) -> None:
        """Register the sessions that have not expired, and write the file anew with these."""
        live = {key: session for key, session in self._read() if session.get("Expiration", 0) > time.time()}
        for key, session in live.items():
            sts._sessions.setdefault(key, session)
        new = self._path.with_suffix(".new")
        try:
            new.write_text("".join(_line(key, session) for key, session in live.items()))
            new.replace(self._path)
        except OSError as error:
            print(f"emulated account: the sessions are not written anew: {error}", file=sys.stderr, flush=True)

    def follow(self) -> None:
        """Append every session that expires from now on; those of functions do not, and are made anew with their processes."""
        register = sts.register_session

        def register_and_keep(access_key: str, session: dict[str, Any]) -> None:
            register(access_key, session)
            if "Expiration" in session:
                self._append(_line(access_key, session))

        sts.register_session = register_and_keep

    def _append(self, line: str) -> None:
        """A full disk takes nobody's credentials: such a session ends with the process."""
        try:
            with self._path.open("a") as file:
                file.write(f"\n{line}")  # what a full disk cut off before it ends here
        except OSError as error:
            print(f"emulated account: a session is not kept: {error}", file=sys.stderr, flush=True)

    def _read(self) -> list[tuple[str, dict[str, Any]]]:
        if not self._path.exists():
            return []
        return [entry for line in self._path.read_text().split("\n") for entry in _entries(line)]


def _entries(line: str) -> list[tuple[str, dict[str, Any]]]:
    """None where the line was cut off, by a kill or by a full disk."""
    try:
        return [json.loads(line)]
    except json.JSONDecodeError:
        return []


def _line(access_key: str, session: dict[str, Any]) -> str:
    return json.dumps([access_key, session]) + "\n"
