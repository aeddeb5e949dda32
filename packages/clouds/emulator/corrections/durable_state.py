"""MiniStack saves its state only at a graceful stop, file by file: kill -9 loses all but S3's bodies.

AWS loses nothing. Here a snapshot of the whole account (snapshots.py) is taken a second after something changed
(changes.py), at the stop, and on demand by `POST /_soundbite/snapshot`, which answers when it is on disk. While a stack
operation runs none is taken (for up to 2 min): an account comes back as it was before the operation, never in its middle.
`GET /_soundbite/configuration` gives the revision of the account's configuration, another one after every change of it;
null while something is on its way.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.services import lambda_svc, sqs

from changes import Changes, observe
from function_code import FunctionCode, function_code
from session_journal import SessionJournal
from settings import Settings
from snapshots import Forker, Snapshots

_OPERATION_SECONDS = 120.0

Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[dict[str, Any], Callable[[], Awaitable[dict[str, Any]]], Send], Awaitable[None]]


def apply(settings: Settings) -> None:
    changes = Changes()
    code = function_code(settings.state_root)

    def before_fork() -> None:
        changes.clear()
        _share_code(code)

    snapshots = Snapshots(settings.state_root, before_fork)
    snapshots.remove_torn()
    persistence.STATE_DIR = str(snapshots.current)
    observe(changes)
    journal = SessionJournal(settings.state_root / "sessions.jsonl")
    lambda_svc._write_code_blob = _writer(settings.state_root / "code", code)
    app._load_persisted_state = _then_settle(app._load_persisted_state, settings.state_root / "code", journal)
    journal.follow()
    app.save_all = lambda services: snapshots.take(lambda run: run(), fsync=True)
    app.app = _with_snapshots(app.app, snapshots, changes)


def _then_settle(load: Callable[[], None], code: Path, journal: SessionJournal) -> Callable[[], None]:
    """After a restore: what a thread of the killed process would have finished is finished here.

    Functions' code lies beside the snapshots, by digest, since they share it; what none needs is removed at a start only.
    """
    from ministack.services import cloudformation

    lambda_svc.CODE_BLOB_DIR = str(code)
    prune = lambda_svc._prune_orphan_code_blobs
    lambda_svc._prune_orphan_code_blobs = lambda referenced: None

    def load_and_settle() -> None:
        load()
        journal.restore()
        _readdress_queues()
        prune(_referenced_code())
        for record in _records():
            _settle_function(record["config"])
        for stack in cloudformation._stacks._data.values():
            if _in_progress(stack):
                stack["StackStatus"] = _settled(stack["StackStatus"])
                stack["StackStatusReason"] = "The account was killed during this operation"
        # What lives from the start on is not looked at again by the collector: a forked child then copies fewer pages.
        gc.collect()
        gc.freeze()

    return load_and_settle


def _readdress_queues() -> None:
    """MiniStack keeps a queue by its address, which has the port: behind another one its mappings would take nothing from it."""
    for (account, region, address), queue in list(sqs._queues.all_items()):
        today = sqs._queue_url_for_account(account, queue["name"])
        if today == address:
            continue
        sqs._queues.pop_scoped(account, region, address, None)
        sqs._queues.set_scoped(account, region, today, {**queue, "url": today})
        sqs._queue_name_to_url.set_scoped(account, region, queue["name"], today)


def _records() -> list[dict[str, Any]]:
    """Functions and their versions, each with its configuration and code."""
    functions = list(lambda_svc._functions._data.values())
    return [record for func in functions for record in (func, *func.get("versions", {}).values())]


def _referenced_code() -> set[str]:
    return {hashlib.sha256(record["code_zip"]).hexdigest() for record in _records() if record.get("code_zip")}


def _share_code(code: FunctionCode) -> None:
    """Equal code is kept once, with its digest, so that a snapshot need not compute a hundred megabytes of digests."""
    held = [record for record in _records() if record.get("code_zip")]
    for record in held:
        record["code_zip"] = code.shared(record["code_zip"])
    code.forget_all_but(record["code_zip"] for record in held)


def _writer(directory: Path, code: FunctionCode) -> Callable[[bytes], str]:
    def write(archive: bytes) -> str:
        digest = code.digest(archive)
        path = directory / f"{digest}.zip"
        if not path.exists():
            directory.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(".tmp")
            half.write_bytes(archive)
            half.replace(path)
        return digest

    return write


def _settle_function(config: dict[str, Any]) -> None:
    if config.get("State") == "Pending":
        config.update(State="Active", StateReason="", StateReasonCode="")
    if config.get("LastUpdateStatus") == "InProgress":
        config.update(LastUpdateStatus="Successful", LastUpdateStatusReason="", LastUpdateStatusReasonCode="")


def _in_progress(stack: dict[str, Any]) -> bool:
    status = stack.get("StackStatus", "")
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def _settled(status: str) -> str:
    """AWS ends every operation, whatever dies: a broken-off update is rolled back, and the stack takes the next one."""
    if status.startswith("UPDATE"):
        return "UPDATE_ROLLBACK_COMPLETE"
    return "ROLLBACK_COMPLETE" if status.startswith("ROLLBACK") else status.replace("_IN_PROGRESS", "_FAILED")


def _operation_runs() -> bool:
    from ministack.services import cloudformation

    return any(_in_progress(stack) for stack in list(cloudformation._stacks._data.values()))


def _at_rest() -> bool:
    """Whether nothing changes by itself any more that was asked for before."""
    configurations = [record["config"] for record in _records()]
    is_settled = all(one.get("State") != "Pending" and one.get("LastUpdateStatus") != "InProgress" for one in configurations)
    return is_settled and not _operation_runs()


def _with_snapshots(inner: Asgi, snapshots: Snapshots, changes: Changes) -> Asgi:
    """Serve `POST /_soundbite/snapshot` and `GET /_soundbite/configuration`, and start the thread that takes a snapshot when one is due."""

    async def serve(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
        if scope["type"] == "lifespan":
            loop = asyncio.get_running_loop()
            threading.Thread(target=_follow, args=(snapshots, changes, loop), daemon=True, name="snapshots").start()
        if scope["type"] == "http" and scope["path"] == "/_soundbite/snapshot" and scope["method"] == "POST":
            await _answer(send, *await _on_demand(snapshots))
            return
        if scope["type"] == "http" and scope["path"] == "/_soundbite/configuration" and scope["method"] == "GET":
            await _answer(send, 200, {"configuration": changes.configuration() if _at_rest() else None})
            return
        await inner(scope, receive, send)

    return serve


async def _on_demand(snapshots: Snapshots) -> tuple[int, dict[str, Any]]:
    started = time.monotonic()
    try:
        name = await asyncio.to_thread(snapshots.take, _on_loop(asyncio.get_running_loop()), True)
    except OSError as error:
        return 500, {"message": str(error)}
    return 200, {"snapshot": name, "milliseconds": round((time.monotonic() - started) * 1000)}


def _on_loop(loop: asyncio.AbstractEventLoop) -> Forker:
    """Forks on the event loop's own thread, where requests are handled and operations begin: none is half done then."""

    async def run(function: Callable[[], int], deadline: float) -> int | None:
        return None if _operation_runs() and time.monotonic() < deadline else function()

    def fork(function: Callable[[], int]) -> int:
        deadline = time.monotonic() + _OPERATION_SECONDS
        while True:
            pid = asyncio.run_coroutine_threadsafe(run(function, deadline), loop).result()
            if pid is not None:
                return pid
            time.sleep(0.05)

    return fork


def _follow(snapshots: Snapshots, changes: Changes, loop: asyncio.AbstractEventLoop) -> None:
    while True:
        changes.wait()
        try:
            snapshots.take(_on_loop(loop), fsync=False)
        except RuntimeError:
            return  # the loop has ended; the snapshot at the stop has everything
        except OSError as error:
            print(f"emulated account: {error}", file=sys.stderr, flush=True)
            changes.mark()


async def _answer(send: Send, status: int, body: dict[str, Any]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
