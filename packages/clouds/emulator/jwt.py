"""Verifies a signed JWT (RS256 or ES256, as AWS takes) with the keys its issuer publishes. Used by web_identity."""

from __future__ import annotations

import base64
import binascii
import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

Document = dict[str, Any]

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SECONDS = 5
_CACHE_SECONDS = 300
_keys: dict[str, tuple[float, list[Document]]] = {}


class InvalidToken(Exception):
    """The token is malformed, or not signed by its issuer."""


class KeyUnreachable(Exception):
    """The issuer's keys cannot be fetched."""


def verify(token: str, issuer_url: Callable[[str], str]) -> Document:
    """The token's claims; `issuer_url` gives a registered issuer's URL, or raises. Raises InvalidToken, KeyUnreachable."""
    header, claims, signed, signature = _parts(token)
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer:
        raise InvalidToken("Missing a required claim: iss")
    url = issuer_url(issuer)
    if issuer.rstrip("/") != url.rstrip("/"):
        raise InvalidToken(f"The issuer {issuer} is not the registered {url}")
    for fresh in (False, True):
        key = next((k for k in _published(url, fresh) if k.get("kid") == header.get("kid")), None)
        if key is not None:
            break
    else:
        raise InvalidToken("The token's key is not one of its issuer's")
    if not _signed_by(key, header.get("alg"), signed, signature):
        raise InvalidToken("The token's signature is invalid")
    return claims


def _parts(token: str) -> tuple[Document, Document, bytes, bytes]:
    pieces = token.split(".")
    try:
        header, claims = (json.loads(_decoded(piece)) for piece in pieces[:2])
        signature = _decoded(pieces[2])
    except (ValueError, IndexError, binascii.Error) as error:
        raise InvalidToken("The ID Token provided is not a valid JWT") from error
    if len(pieces) != 3 or not isinstance(header, dict) or not isinstance(claims, dict):
        raise InvalidToken("The ID Token provided is not a valid JWT")
    return header, claims, f"{pieces[0]}.{pieces[1]}".encode(), signature


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _published(issuer: str, fresh: bool) -> list[Document]:
    at, keys = _keys.get(issuer, (0.0, []))
    if fresh or time.monotonic() - at > _CACHE_SECONDS or at == 0.0:
        configuration = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        keys = _fetch(configuration.get("jwks_uri", "")).get("keys", [])
        _keys[issuer] = (time.monotonic(), keys)
    return keys


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **named: Any) -> None:
        """A registered issuer answers for itself; urllib then raises the redirect as an error."""


def _fetch(url: str) -> Document:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise KeyUnreachable(f"{url!r} is neither HTTPS nor on loopback")
    try:
        with build_opener(_NoRedirect).open(url, timeout=_SECONDS) as response:
            document = json.loads(response.read(1_000_000))
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise KeyUnreachable(f"{url}: {error}") from error
    if not isinstance(document, dict):
        raise KeyUnreachable(f"{url}: no JSON object")
    return document


def _signed_by(key: Document, algorithm: Any, signed: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    def number(name: str) -> int:
        return int.from_bytes(_decoded(key[name]), "big")

    try:
        if algorithm == "RS256" and key.get("kty") == "RSA":
            public = rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
            public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        elif algorithm == "ES256" and key.get("kty") == "EC" and key.get("crv") == "P-256" and len(signature) == 64:
            point = ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP256R1()).public_key()
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            point.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True
