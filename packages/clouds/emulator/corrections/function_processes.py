"""A function's process inherits MiniStack's environment, outlives a killed MiniStack, the first of each is never reaped, and
MiniStack's own use of an old API of Node warns in every function's log.

On AWS a function sees its own variables and nothing of its host, ends with it, and an idle one goes away. Here a
process gets PATH, TMPDIR, HOME, the AWS_* of its role and its own variables; the kernel kills it when the account dies;
and every process idle for LAMBDA_WARM_TTL_SECONDS is ended.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from settings import Settings

# The second and the third keep a resting function 8 MB smaller.
_NODE_OPTIONS = ("--disable-warning=DEP0169", "--max-semi-space-size=2", "--v8-pool-size=1")
_INHERITED = ("PATH", "TMPDIR", "HOME", "LANG", "LC_ALL", "TZ", "AWS_REGION", "AWS_DEFAULT_REGION")

# The kernel's parent-death signal is sent when the *thread* that started the child ends, so all are started by one
# thread that lives as long as the account.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="function-starter")


def apply(settings: Settings) -> None:
    del settings
    inherited = dict(os.environ)
    guard = shutil.which("setpriv")
    prefix = [guard, "--pdeathsig", "KILL", "--"] if guard else []

    def start(command: list[str], **kwargs: Any) -> subprocess.Popen[str]:
        env = _own_environment(kwargs.pop("env"), inherited)
        return _starter.submit(subprocess.Popen, [*prefix, *_quiet(command)], env=env, **kwargs).result()

    lambda_runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": start})
    lambda_svc._ensure_reaper_thread = _reap_once_started
    lambda_runtime.reap_idle_workers = _reap_idle


def _quiet(command: list[str]) -> list[str]:
    binary, *arguments = command
    return [binary, *_NODE_OPTIONS, *arguments] if Path(binary).name == "node" else command


def _own_environment(env: dict[str, str], inherited: dict[str, str]) -> dict[str, str]:
    """Without what came from the launcher: a function's own variables also travel in its init message."""
    return {name: value for name, value in env.items() if name in _INHERITED or inherited.get(name) != value}


_reaping = threading.Event()


def _reap_once_started() -> None:
    if not _reaping.is_set():
        _reaping.set()
        threading.Thread(target=_reap_for_ever, daemon=True, name="function-reaper").start()


def _reap_for_ever() -> None:
    while True:
        time.sleep(min(5.0, lambda_runtime._LOCAL_WORKER_TTL))
        _reap_idle()


def _reap_idle(ttl: float | None = None) -> int:
    """End every process idle for longer than `ttl` seconds, also the first of its function; returns how many."""
    limit = time.time() - (lambda_runtime._LOCAL_WORKER_TTL if ttl is None else ttl)
    idle: list[Any] = []
    with lambda_runtime._lock:
        for key, workers in list(lambda_runtime._workers.items()):
            done = [worker for worker in workers if not worker.in_use and worker.last_used < limit]
            idle += done
            kept = [worker for worker in workers if worker not in done]
            if kept:
                lambda_runtime._workers[key] = kept
            else:
                lambda_runtime._workers.pop(key, None)
    lambda_runtime.kill_workers(idle)
    return len(idle)
