"""MiniStack has no Polly.

Here an account answers Polly's REST API at its own endpoint: IAM decides (`polly:SynthesizeSpeech`,
`polly:DescribeVoices`) as for any other service, then the request goes to the Polly double at SOUNDBITE_POLLY_URL, whose
behaviour is written down in packages/clouds/src/emulated/polly-double.md. AWS/Polly metrics are recorded as AWS does.
The AWS SDK speaks HTTP/2 to Polly and signs `:authority` where HTTP/1.1 has `host`; AWS verifies that.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import time
from collections.abc import Callable, Mapping
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


def apply(settings: Settings) -> None:
    sigv4.build_canonical_headers = _with_authority(sigv4.build_canonical_headers)
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
    try:
        answer = await asyncio.to_thread(_ask, settings.polly_url, method, target, body)
    except (OSError, http.client.HTTPException) as error:
        answer = _refusal(500, "ServiceFailureException", f"the Polly double at {settings.polly_url}: {error}")
    _record(operation, answer, (time.perf_counter() - started) * 1000)
    return answer


def _ask(base: str, method: str, target: str, body: bytes) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=_SECONDS)
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
