"""MiniStack unpacks a function's code anew for every process, and says half a second after an update that it is done.

AWS prepares the code once, when it is updated, and says then that it is done; every process sees the same files, read-only.
Here the code is unpacked once (function_code.py), in a directory that is emptied when the account starts.
"""

from __future__ import annotations

import contextvars
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from function_code import FunctionCode, function_code
from settings import Settings

# Which worker this thread is starting: MiniStack writes its archive and unpacks that in the middle of one long function.
_starting = threading.local()


def apply(settings: Settings) -> None:
    code = function_code(settings.state_root)
    finish = lambda_svc._schedule_state_transition

    def finish_when_prepared(name: str, delay: float) -> None:
        del delay
        function = lambda_svc._functions.get(name) or {}

        def prepare() -> None:
            try:
                if archive := function.get("code_zip"):
                    code.prepare(archive)
            finally:
                # What cannot be unpacked (a full disk) says so when it is run; an update that never ends says nothing.
                finish(name, 0.0)

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(prepare,), daemon=True, name="prepare-code").start()

    lambda_svc._schedule_state_transition = finish_when_prepared
    _start_from_prepared(code)


def _start_from_prepared(code: FunctionCode) -> None:
    spawn = lambda_runtime.Worker._spawn

    def spawn_prepared(self: lambda_runtime.Worker) -> None:
        _starting.archive = self.code_zip
        self.code_zip = b""  # what is written as code.zip, and not read: `Unpack` has it from here
        try:
            spawn(self)
        finally:
            self.code_zip = _starting.archive
            _starting.archive = None

    class Unpack(zipfile.ZipFile):
        def __init__(self, file: Any, *args: Any, **kwargs: Any) -> None:
            self.prepared = getattr(_starting, "archive", None) if Path(str(file)).name == "code.zip" else None
            if self.prepared is None:
                super().__init__(file, *args, **kwargs)

        def __exit__(self, *args: Any) -> None:
            if self.prepared is None:
                super().__exit__(*args)

        def __del__(self) -> None:
            if self.prepared is None:
                super().__del__()

        def extractall(self, path: Any = None, *args: Any, **kwargs: Any) -> None:
            if self.prepared is None:
                super().extractall(path, *args, **kwargs)
            else:
                code.place(self.prepared, Path(path))

    lambda_runtime.Worker._spawn = spawn_prepared
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": Unpack})
