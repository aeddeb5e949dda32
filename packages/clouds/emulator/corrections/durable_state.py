"""MiniStack saves its state only at a graceful stop, file by file: kill -9 loses all but S3's bodies.

AWS loses nothing. Here a forked child, which sees every service at one instant, writes a whole new directory and then
switches a link to it (as Redis does): a second after something changed, at the stop, and on demand by
`POST /_soundbite/snapshot`, which answers when the snapshot is on disk. While a stack operation runs no snapshot is
taken (for up to 30 s), so that an account comes back as it was before the operation and never in its middle.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path
from typing import Any, Awaitable, Callable

from ministack import app
from ministack.core import persistence

from settings import Settings

_EVERY_SECONDS = 1.0
_CHATTER_SECONDS = 15.0
_OPERATION_SECONDS = 30.0
_CHILD_SECONDS = 30
_READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "Filter", "Head", "Lookup", "Receive")


class Changes:
    """Since when something that must not be lost has changed, and since when only logs and metrics have."""

    def __init__(self) -> None:
        self.state: float | None = None
        self.chatter: float | None = None

    def mark(self) -> None:
        self.state = self.state or time.monotonic()

    def mark_chatter(self) -> None:
        self.chatter = self.chatter or time.monotonic()

    def due(self, now: float) -> bool:
        return (self.state is not None and now - self.state >= _EVERY_SECONDS) or (
            self.chatter is not None and now - self.chatter >= _CHATTER_SECONDS
        )

    def clear(self) -> None:
        self.state = self.chatter = None


class Snapshots:
    """Writes snapshots of this account under `root`, one at a time; `current` links to the newest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.current = root / "current"
        self.changes = Changes()
        self.blocked_since: float | None = None
        self._one_at_a_time = threading.Lock()

    def take(self, fork: Callable[[Callable[[], int]], int], fsync: bool) -> None:
        """Take one snapshot; `fork` runs the given function at an instant when no request is half done. Raises OSError."""
        with self._one_at_a_time:
            new = self.root / str(time.time_ns())
            pid = fork(lambda: self._forked(new, fsync))
            _, status = os.waitpid(pid, 0)
            if status != 0:
                shutil.rmtree(new, ignore_errors=True)
                self.changes.mark()
                raise OSError(f"the snapshot {new} failed with status {status}; see the account's log")
            for old in sorted(d for d in os.listdir(self.root) if d.isdigit())[:-2]:
                shutil.rmtree(self.root / old, ignore_errors=True)

    def _forked(self, new: Path, fsync: bool) -> int:
        self.changes.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads; the child starts none
            pid = os.fork()
        if pid == 0:
            self._write_and_leave(new, fsync)
        return pid

    def _write_and_leave(self, new: Path, fsync: bool) -> None:
        try:
            # A lock that another thread held at the fork would hang the child for ever.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_CHILD_SECONDS)
            new.mkdir()
            for name, state_of in app._build_persistence_save_dict().items():
                state = state_of()
                if state is not None:
                    _write(new / f"{name}.json", _document(name, state), fsync)
            link = self.root / "next"
            link.unlink(missing_ok=True)
            link.symlink_to(new.name)
            link.replace(self.current)
            if fsync:
                _fsync_directory(new)
                _fsync_directory(self.root)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)


def apply(settings: Settings) -> None:
    snapshots = Snapshots(settings.state_root)
    _remove_torn(snapshots)
    persistence.STATE_DIR = str(snapshots.current)
    _keep_code_apart(settings.state_root)
    app._load_persisted_state = _then_settle(app._load_persisted_state)
    app.save_all = lambda services: snapshots.take(lambda run: run(), fsync=True)
    _mark_changes(snapshots.changes)
    app.app = _with_snapshots(app.app, snapshots)


def _document(name: str, state: Any) -> str:
    document = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    return json.dumps(document, default=persistence._json_default)


def _write(path: Path, text: str, fsync: bool) -> None:
    with path.open("w") as file:
        file.write(text)
        if fsync:
            file.flush()
            os.fsync(file.fileno())


def _fsync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _remove_torn(snapshots: Snapshots) -> None:
    """Directories that no link was switched to, left by a kill in the middle of a snapshot."""
    keep = os.readlink(snapshots.current) if snapshots.current.is_symlink() else None
    for name in os.listdir(snapshots.root):
        if name.isdigit() and name != keep:
            shutil.rmtree(snapshots.root / name, ignore_errors=True)


def _keep_code_apart(root: Path) -> None:
    """Functions' code lies beside the snapshots, by digest; what none needs any more is removed at the next start."""
    from ministack.services import lambda_svc

    lambda_svc.CODE_BLOB_DIR = str(root / "code")
    prune = lambda_svc._prune_orphan_code_blobs
    lambda_svc._prune_orphan_code_blobs = lambda referenced: None
    lambda_svc._soundbite_prune = prune


def _then_settle(load: Callable[[], None]) -> Callable[[], None]:
    """After a restore: what a thread of the killed process would have finished is finished here."""

    def load_and_settle() -> None:
        load()
        from ministack.services import cloudformation, lambda_svc

        for func in lambda_svc._functions._data.values():
            for record in (func, *func.get("versions", {}).values()):
                if record["config"].get("State") == "Pending":
                    record["config"].update(State="Active", StateReason="", StateReasonCode="")
                if record["config"].get("LastUpdateStatus") == "InProgress":
                    record["config"].update(LastUpdateStatus="Successful", LastUpdateStatusReason="")
        for stack in cloudformation._stacks._data.values():
            if _in_progress(stack):
                stack["StackStatus"] = stack["StackStatus"].replace("_IN_PROGRESS", "_FAILED")
                stack["StackStatusReason"] = "The account was killed during this operation"

    return load_and_settle


def _in_progress(stack: dict[str, Any]) -> bool:
    status = stack.get("StackStatus", "")
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def _mark_changes(changes: Changes) -> None:
    """Note what changes state: requests that write, steps of stacks, batches taken from and returned to queues."""
    from ministack.services import lambda_svc, sqs
    from ministack.services.cloudformation import stacks

    dispatch = app._dispatch_service_request

    async def dispatch_and_mark(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str) -> Any:
        answer = await dispatch(method, path, headers, body, query, request_id)
        if _writes(method, headers, body, answer):
            changes.mark()
        return answer

    app._dispatch_service_request = dispatch_and_mark
    stacks._add_event = _after(stacks._add_event, changes.mark)
    lambda_svc._run_sqs_batch = _after(lambda_svc._run_sqs_batch, changes.mark)
    lambda_svc._execute_function = _after(lambda_svc._execute_function, changes.mark_chatter)
    receive = sqs._receive_messages_for_esm

    def receive_and_mark(*args: Any, **kwargs: Any) -> Any:
        batch = receive(*args, **kwargs)
        if batch:
            changes.mark()
        return batch

    sqs._receive_messages_for_esm = receive_and_mark


def _after(function: Callable[..., Any], mark: Callable[[], None]) -> Callable[..., Any]:
    def call_and_mark(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        finally:
            mark()

    return call_and_mark


def _writes(method: str, headers: dict[str, str], body: bytes, answer: Any) -> bool:
    if method in ("GET", "HEAD", "OPTIONS"):
        return False
    if method in ("PUT", "DELETE", "PATCH"):
        return True
    operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    if not operation and body.startswith(b"Action="):
        operation = body[7:80].split(b"&", 1)[0].decode("ascii", "replace")
    if operation == "ReceiveMessage":
        return isinstance(answer[2], bytes) and b'"Messages"' in answer[2]
    return not operation.startswith(_READS)


_Asgi = Callable[[dict, Callable[[], Awaitable[dict]], Callable[[dict], Awaitable[None]]], Awaitable[None]]


def _with_snapshots(inner: _Asgi, snapshots: Snapshots) -> _Asgi:
    """Serve `POST /_soundbite/snapshot` and start the thread that snapshots after changes."""

    async def serve(scope: dict, receive: Callable[[], Awaitable[dict]], send: Callable[[dict], Awaitable[None]]) -> None:
        if scope["type"] == "lifespan":
            loop = asyncio.get_running_loop()
            threading.Thread(target=_follow, args=(snapshots, loop), daemon=True, name="snapshots").start()
        if scope["type"] == "http" and scope["path"] == "/_soundbite/snapshot" and scope["method"] == "POST":
            await _answer(send, *await _on_demand(snapshots))
            return
        await inner(scope, receive, send)

    return serve


async def _on_demand(snapshots: Snapshots) -> tuple[int, dict[str, Any]]:
    loop = asyncio.get_running_loop()
    started = time.monotonic()
    while _operation_runs() and time.monotonic() - started < _OPERATION_SECONDS:
        await asyncio.sleep(0.05)
    try:
        await asyncio.to_thread(snapshots.take, _forker(loop), True)
    except OSError as error:
        return 500, {"message": str(error)}
    return 200, {"snapshot": os.readlink(snapshots.current), "milliseconds": round((time.monotonic() - started) * 1000)}


def _forker(loop: asyncio.AbstractEventLoop) -> Callable[[Callable[[], int]], int]:
    """Runs the fork on the event loop's own thread: no request is half done there."""

    async def run(function: Callable[[], int]) -> int:
        return function()

    return lambda function: asyncio.run_coroutine_threadsafe(run(function), loop).result()


def _follow(snapshots: Snapshots, loop: asyncio.AbstractEventLoop) -> None:
    while not loop.is_closed():
        time.sleep(0.1)
        now = time.monotonic()
        if not snapshots.changes.due(now):
            continue
        if _operation_runs():
            snapshots.blocked_since = snapshots.blocked_since or now
            if now - snapshots.blocked_since < _OPERATION_SECONDS:
                continue
        snapshots.blocked_since = None
        try:
            snapshots.take(_forker(loop), fsync=False)
        except (OSError, RuntimeError) as error:
            print(f"emulated account: {error}", file=sys.stderr, flush=True)
            time.sleep(1)


def _operation_runs() -> bool:
    from ministack.services import cloudformation

    return any(_in_progress(stack) for stack in list(cloudformation._stacks._data.values()))


async def _answer(send: Callable[[dict], Awaitable[None]], status: int, body: dict[str, Any]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
