"""Bucket policies that demand TLS (CDK's bootstrap bucket, `enforceSSL`) refuse plain HTTP on loopback.

AWS is reached by TLS. Traffic on the loopback interface leaves no machine, so it counts as secure transport here.
"""

from __future__ import annotations

from ministack import app

from settings import Settings

_LOOPBACK = ("127.0.0.1", "::1")


def apply(settings: Settings) -> None:
    del settings
    pin = app.pin_request_origin

    def pin_loopback_as_secure(source_ip: str, secure_transport: bool) -> None:
        pin(source_ip, secure_transport or source_ip in _LOOPBACK)

    app.pin_request_origin = pin_loopback_as_secure
