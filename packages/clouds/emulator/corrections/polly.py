"""MiniStack has no Polly.

Here an account answers Polly's REST API at its own endpoint: IAM decides (`polly:SynthesizeSpeech`,
`polly:DescribeVoices`) as for any other service, then the request goes to the Polly double at SOUNDBITE_POLLY_URL, whose
behaviour is written down in packages/clouds/src/emulated/polly-double.md. AWS/Polly metrics are recorded as AWS does.
The AWS SDK speaks HTTP/2 to Polly and signs `:authority` where HTTP/1.1 has `host`; AWS verifies that.
A client that leaves takes its request to the double with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import re
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlencode, urlsplit

from ministack import app
from ministack.core import sigv4
from ministack.services import cloudwatch

from settings import Settings

_ACTIONS = {("POST", "/v1/speech"): "SynthesizeSpeech", ("GET", "/v1/voices"): "DescribeVoices"}
_SIGNED_FOR_POLLY = re.compile(r"[=/]\d{8}/[^/]+/polly/aws4_request")
_SECONDS = 60

Answer = tuple[int, dict[str, str], bytes]
Receive = Callable[[], Awaitable[dict[str, Any]]]

# How the request being served hears from its client; the handlers of MiniStack are not given it.
_from_client: ContextVar[Receive] = ContextVar("from_client")


def apply(settings: Settings) -> None:
    sigv4.build_canonical_headers = _with_authority(sigv4.build_canonical_headers)
    app.app = _remembering_client(app.app)
    handle = app._handle_special_data_plane_request

    async def handle_polly_first(
        method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str, *rest: Any, **named: Any
    ) -> Any:
        if not _is_polly(path, headers, query):
            return await handle(method, path, headers, body, query, request_id, *rest, **named)
        operation = _ACTIONS.get((method, path))
        if operation is None:
            return _refusal(404, "UnknownOperationException", f"{method} {path} is not in the Polly double")
        denied = app._enforce_data_plane("polly", f"polly:{operation}", headers, query, request_id)
        if denied:
            return denied
        return await _forward(settings, operation, method, path, body, query)

    app._handle_special_data_plane_request = handle_polly_first


def _remembering_client(inner: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def serve(scope: dict[str, Any], receive: Receive, send: Any) -> None:
        _from_client.set(receive)
        await inner(scope, receive, send)

    return serve


def _with_authority(build: Callable[[Mapping[str, Any], str], str]) -> Callable[[Mapping[str, Any], str], str]:
    def build_with_authority(headers: Mapping[str, Any], signed_headers: str) -> str:
        if signed_headers.startswith(":authority"):
            headers = {**headers, ":authority": headers.get("host", "")}
        return build(headers, signed_headers)

    return build_with_authority


def _is_polly(path: str, headers: dict[str, str], query: dict[str, list[str]]) -> bool:
    signed = headers.get("authorization") or "".join(query.get("X-Amz-Credential", []))
    if signed:
        return bool(_SIGNED_FOR_POLLY.search(signed))
    return path == "/v1/speech"


async def _forward(settings: Settings, operation: str, method: str, path: str, body: bytes, query: dict) -> Answer:
    if settings.polly_url is None:
        return _refusal(500, "ServiceFailureException", "this account was started without SOUNDBITE_POLLY_URL")
    started = time.perf_counter()
    target = f"{path}?{urlencode(query, doseq=True)}" if query else path
    connection = http.client.HTTPConnection(urlsplit(settings.polly_url).netloc, timeout=_SECONDS)
    asked = asyncio.create_task(asyncio.to_thread(_ask, connection, method, target, body))
    left = asyncio.create_task(_client_left())
    await asyncio.wait({asked, left}, return_when=asyncio.FIRST_COMPLETED)
    if not asked.done():
        _hang_up(connection)
    left.cancel()
    try:
        answer = await asked
    except (OSError, http.client.HTTPException) as error:
        answer = _refusal(500, "ServiceFailureException", f"the Polly double at {settings.polly_url}: {error}")
    _record(operation, answer, (time.perf_counter() - started) * 1000)
    return answer


async def _client_left() -> None:
    receive = _from_client.get()
    while (await receive()).get("type") != "http.disconnect":
        pass


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """Wakes the thread that waits for the double's answer, and tells the double that nobody does any more."""
    with contextlib.suppress(OSError):  # it has just ended by itself
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _ask(connection: http.client.HTTPConnection, method: str, target: str, body: bytes) -> Answer:
    try:
        connection.request(method, target, body or None, {"content-type": "application/json"})
        response = connection.getresponse()
        kept = ("content-type", "x-amzn-requestcharacters", "x-amzn-errortype", "x-amzn-requestid")
        headers = {name: value for name in kept if (value := response.getheader(name)) is not None}
        return response.status, headers, response.read()
    finally:
        connection.close()


def _record(operation: str, answer: Answer, milliseconds: float) -> None:
    status, headers, _ = answer
    dimensions = {"Operation": operation}
    cloudwatch.record_metric("AWS/Polly", "ResponseLatency", milliseconds, "Milliseconds", dimensions)
    cloudwatch.record_metric("AWS/Polly", f"{status // 100}XXCount", 1, "Count", dimensions)
    characters = headers.get("x-amzn-requestcharacters")
    if characters is not None:
        cloudwatch.record_metric("AWS/Polly", "RequestCharacters", float(characters), "Count", dimensions)


def _refusal(status: int, name: str, message: str) -> Answer:
    headers = {"content-type": "application/json", "x-amzn-errortype": name}
    return status, headers, json.dumps({"message": message}).encode()
