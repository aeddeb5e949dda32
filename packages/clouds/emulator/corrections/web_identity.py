"""AssumeRoleWithWebIdentity gives credentials for an expired token signed by anybody, and knows only `aud`, `sub` and `amr`.

AWS takes the token only of an issuer that is registered as an OIDC provider in the role's account, checks its signature
with the issuer's keys, its lifetime and its audience (one of the provider's client ids), and lets a trust policy pin
GitHub's claims (`repository_id` and others). Keys are fetched from registered issuers only, by HTTPS, or by HTTP on loopback.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs

from ministack.services import iam, sts

from jwt import InvalidToken, KeyUnreachable, verify
from settings import Settings

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (general and GitHub's keys)
_CLAIM_KEYS = (
    "amr",
    "email",
    "sub",
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "workflow",
)

Document = dict[str, Any]

_verified: ContextVar[Document | None] = ContextVar("soundbite_web_identity", default=None)


class Refused(Exception):
    """An error in AWS's terms: its code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def apply(settings: Settings) -> None:
    del settings
    handle = sts.handle_request

    async def handle_verified(method: str, path: str, headers: dict, body: bytes, query: dict) -> Any:
        params = _parameters(headers, body, query)
        if params.get("Action") != "AssumeRoleWithWebIdentity":
            return await handle(method, path, headers, body, query)
        try:
            claims = await asyncio.to_thread(_claims_of, params.get("WebIdentityToken", ""), params.get("RoleArn", ""))
        except Refused as refused:
            return _refusal(headers, refused)
        token = _verified.set(claims)
        try:
            status, response_headers, answer = await handle(method, path, headers, body, query)
        finally:
            _verified.reset(token)
        return status, response_headers, _with_identity(answer, claims)

    sts.handle_request = handle_verified
    sts._web_identity_principal = _principal_of_verified


def _parameters(headers: dict[str, str], body: bytes, query: dict[str, list[str]]) -> dict[str, str]:
    target = headers.get("x-amz-target", "")
    if target.startswith("AWSSecurityTokenServiceV20110615."):
        return {**{k: str(v) for k, v in json.loads(body or b"{}").items()}, "Action": target.rsplit(".", 1)[-1]}
    form = parse_qs(body.decode("utf-8", "replace"))
    return {name: values[0] for name, values in {**query, **form}.items()}


def _claims_of(token: str, role_arn: str) -> Document:
    """The claims of a token that AWS would take for this role; raises Refused in AWS's words."""
    parts = role_arn.split(":")
    account = parts[4] if len(parts) > 5 else ""
    try:
        claims = verify(token, lambda issuer: _provider(account, issuer)["Url"])
    except KeyUnreachable as error:
        message = f"Couldn't retrieve verification key from your identity provider: {error}"
        raise Refused("InvalidIdentityToken", message) from error
    except InvalidToken as error:
        raise Refused("InvalidIdentityToken", str(error)) from error
    _check_lifetime(claims, time.time())
    if _audience(claims) not in _provider(account, claims["iss"])["ClientIDList"]:
        raise Refused("InvalidIdentityToken", "Incorrect token audience")
    return claims


def _host(issuer: str) -> str:
    return issuer.split("://", 1)[-1].rstrip("/")


def _provider(account: str, issuer: str) -> Document:
    arn = f"arn:aws:iam::{account}:oidc-provider/{_host(issuer)}"
    provider = iam._oidc_providers.get_scoped(account, None, arn)
    if provider is None:
        raise Refused("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")
    return provider


def _check_lifetime(claims: Document, now: float) -> None:
    missing = [name for name in ("exp", "iat", "sub", "aud") if name not in claims]
    if missing:
        raise Refused("InvalidIdentityToken", f"Missing a required claim: {', '.join(missing)}")
    if now >= float(claims["exp"]):
        message = f"Token expired: current date/time {int(now)} must be before the expiration date/time {claims['exp']}"
        raise Refused("ExpiredTokenException", message)
    if now < max(float(claims["iat"]), float(claims.get("nbf", 0))) - 60:
        raise Refused("InvalidIdentityToken", "Token is not yet valid")


def _audience(claims: Document) -> str:
    """With an authorised party (`azp`), AWS takes that as the audience."""
    audience = claims.get("azp") or claims["aud"]
    return str(audience[0] if isinstance(audience, list) and audience else audience)


def _principal_of_verified(token: str, provider_id: str, role_arn: str) -> tuple[str, Document]:
    claims = _verified.get() or {}
    host = _host(claims.get("iss", ""))
    parts = role_arn.split(":")
    keys: Document = {f"{host}:{name}".lower(): claims[name] for name in _CLAIM_KEYS if name in claims}
    if claims:
        keys[f"{host}:aud".lower()] = _audience(claims)
        if "azp" in claims:
            keys[f"{host}:oaud".lower()] = claims["aud"]
    return f"arn:{parts[1]}:iam::{parts[4]}:oidc-provider/{host}", keys


def _with_identity(answer: Any, claims: Document) -> Any:
    """MiniStack answers with a made-up subject, audience and provider."""
    if not isinstance(answer, bytes):
        return answer
    account_provider = f"oidc-provider/{_host(claims['iss'])}"
    text = answer.decode()
    text = text.replace("test-subject", _escaped(claims["sub"]))
    text = text.replace("<Audience>sts.amazonaws.com<", f"<Audience>{_escaped(_audience(claims))}<")
    return text.replace("<Provider>sts.amazonaws.com<", f"<Provider>{_escaped(account_provider)}<").encode()


def _escaped(value: Any) -> str:
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _refusal(headers: dict[str, str], refused: Refused) -> Any:
    if "amz-json" in headers.get("content-type", ""):
        return sts.error_response_json(refused.code, str(refused), refused.status)
    return sts._error(refused.status, refused.code, str(refused), ns="sts")
