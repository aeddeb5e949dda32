"""CloudFormation takes no secret into a stack: an import of one is not supported.

AWS imports a secret by its ARN, and a stack that was deleted and kept its secret can be made again only so.
"""

from __future__ import annotations

from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import changesets, provisioners

from settings import Settings

_TYPE = "AWS::SecretsManager::Secret"


def apply(settings: Settings) -> None:
    del settings
    changesets._IMPORT_LOOKUPS[_TYPE] = (("Id",), _problem)
    provisioners._RESOURCE_HANDLERS[_TYPE]["import"] = _imported


def _named(arn: str) -> tuple[str, dict[str, Any]] | None:
    for name, secret in secretsmanager._secrets.items():
        if secret["ARN"] == arn:
            return name, secret
    return None


def _problem(arn: str) -> str | None:
    return None if _named(arn) else changesets._IMPORT_NOT_FOUND.format(type=_TYPE, value=arn)


def _imported(identifier: dict[str, str]) -> tuple[str, dict[str, Any]]:
    found = _named(identifier["Id"])
    if found is None:
        raise ValueError(_problem(identifier["Id"]))
    name, secret = found
    return name, {"Id": secret["ARN"], "Arn": secret["ARN"], "Name": name}
