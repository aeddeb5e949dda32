"""Starts one emulated AWS account: MiniStack with the corrections that make it true to AWS where it is not.

Every correction is one module of `corrections/` and says there what is wrong and what AWS does. They patch one exact
version of MiniStack in process, so any other version is refused. The environment is described in settings.py.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

MINISTACK = "1.5.33"
_LOCK_SECONDS = 5


def main() -> int:
    """Check, correct, serve until SIGTERM; exit code 0, or 2 for a wrong environment."""
    from lean_models import read_models_lean
    from log import never_fail
    from settings import SettingsError, read_settings, tell_ministack

    never_fail()
    try:
        settings = read_settings(dict(os.environ))
        _refuse_other_versions()
    except SettingsError as error:
        print(f"emulated account: {error}", file=sys.stderr)
        return 2
    try:
        lock = _own(settings.state_root)
    except SettingsError as error:
        print(f"emulated account: {error}", file=sys.stderr)
        return 2
    _take_temporary(settings.state_root / "tmp")
    tell_ministack(settings)
    read_models_lean()
    import corrections

    unknown = settings.without - set(corrections.NAMES)
    if unknown:
        print(f"emulated account: SOUNDBITE_WITHOUT names no correction: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    corrections.apply(settings)
    asyncio.run(_serve(settings.host, settings.port))
    shutil.rmtree(settings.state_root / "tmp", ignore_errors=True)
    lock.close()
    # Threads of functions that are still running must not hold up the end: what they did is in the last snapshot.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _own(state_root: Path) -> TextIO:
    """Lock the state against another launcher, and against a snapshot that a killed one has left half written."""
    from settings import SettingsError

    state_root.mkdir(parents=True, exist_ok=True)
    lock = (state_root / "lock").open("w")
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise SettingsError(f"STATE_ROOT {state_root} is used by another running account: stop that one first") from error
            time.sleep(0.05)


def _take_temporary(directory: Path) -> None:
    """A temporary directory of the account's own, for it and its functions: empty at each start, whatever a killed one left in it."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700)
    # Functions run in here. As on AWS, no package above theirs may say what their files are: a home lies in a repository of ES modules.
    (directory / "package.json").write_text("{}")
    os.environ["TMPDIR"] = str(directory)
    # A function finds no ~/.aws, ~/.npmrc or ~/.local of the person who runs this machine.
    os.environ["HOME"] = str(directory)


def _refuse_other_versions() -> None:
    from settings import SettingsError

    found = version("ministack")
    if found != MINISTACK:
        raise SettingsError(
            f"MiniStack is {found}, but the corrections are written for {MINISTACK}: "
            f"install {Path(__file__).with_name('requirements.txt')} with pip --require-hashes"
        )


async def _serve(host: str, port: int) -> None:
    """Serve the gateway on one socket; SIGTERM or SIGINT ends it after the requests in flight, at most a second later."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    config = Config()
    config.bind = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    async def stop() -> None:
        await stopping.wait()

    await serve(app.app, config, shutdown_trigger=stop)


if __name__ == "__main__":
    sys.exit(main())
