"""What the launcher takes from its environment, checked, and what MiniStack is told in its place."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """A wrong or missing variable; the message names it, its value and the hint."""


@dataclass(frozen=True)
class Settings:
    """One emulated account. Ports are TCP on loopback; `root_key` is the access key of the account's root user."""

    port: int
    host: str
    account: str
    region: str
    state_root: Path
    root_key: str
    root_secret: str
    polly_url: str | None
    without: frozenset[str]


_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def read_settings(env: dict[str, str]) -> Settings:
    """Read the launcher's variables; raises SettingsError at the first that is wrong."""
    host = env.get("BIND_HOST", "127.0.0.1")
    if host not in _LOOPBACK:
        raise SettingsError(f"BIND_HOST is {host!r}: an emulated account listens on loopback only; use 127.0.0.1")
    account = _matching(env, "MINISTACK_ACCOUNT_ID", r"\d{12}", "12 digits")
    if env.get("AUTH", "true") != "true":
        raise SettingsError(f"AUTH is {env['AUTH']!r}: IAM is always enforced; leave it out or set it to true")
    return Settings(
        port=int(_matching(env, "GATEWAY_PORT", r"[1-9]\d{0,4}", "a TCP port")),
        host=host,
        account=account,
        region=env.get("MINISTACK_REGION", "us-east-1"),
        state_root=Path(_matching(env, "STATE_ROOT", r"/.+", "an absolute path")),
        root_key=_matching(env, "AWS_ACCESS_KEY_ID", r"(?!\d{12}$)\w{16,128}", "16 to 128 letters and digits, no account id"),
        root_secret=_matching(env, "AWS_SECRET_ACCESS_KEY", r".{16,}", "at least 16 characters"),
        polly_url=env.get("SOUNDBITE_POLLY_URL"),
        without=frozenset(name for name in env.get("SOUNDBITE_WITHOUT", "").split(",") if name),
    )


def tell_ministack(settings: Settings) -> None:
    """Set the variables MiniStack reads when it is imported; everything it keeps lies under the state root."""
    defaults = {
        "LAMBDA_ACCOUNT_CONCURRENCY": "16",
        "LAMBDA_WARM_TTL_SECONDS": "90",
        "CLOUDTRAIL_RECORDING": "1",
        "CLOUDTRAIL_MAX_EVENTS": "1000",
        "LOG_LEVEL": "WARNING",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    os.environ.update(
        {
            "AUTH": "true",
            "BIND_HOST": settings.host,
            "GATEWAY_PORT": str(settings.port),
            "MINISTACK_REGION": settings.region,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "USE_SSL": "0",
            "LAMBDA_EXECUTOR": "local",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(settings.state_root / "files"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(settings.state_root / "s3"),
        }
    )


def _matching(env: dict[str, str], name: str, pattern: str, wanted: str) -> str:
    value = env.get(name)
    if value is None:
        raise SettingsError(f"{name} is not set: give it {wanted}")
    if not re.fullmatch(pattern, value):
        shown = "<secret>" if "SECRET" in name else repr(value)
        raise SettingsError(f"{name} is {shown}: it must be {wanted}")
    return value
