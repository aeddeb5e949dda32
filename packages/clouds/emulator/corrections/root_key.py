"""MiniStack's root: an access key `test`, or one that is any 12-digit account id, with any secret; the configured root key, too,
is root with any secret.

AWS checks every signature. Here only the key given to the launcher is root, and its signatures are verified as those of
users and roles are.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import sts

from settings import Settings


def apply(settings: Settings) -> None:
    def is_root(access_key_id: str) -> bool:
        # No key at all is not a root either: what may be called anonymously is decided before this is asked.
        return not access_key_id or access_key_id == settings.root_key

    def needs_no_signature(access_key_id: str) -> bool:
        return not access_key_id

    identify = iam_evaluator.resolve_caller_identity

    def identify_root_too(access_key_id: str) -> dict[str, Any] | None:
        if access_key_id != settings.root_key:
            return identify(access_key_id)
        account = get_account_id()
        return {
            "accessKey": access_key_id,
            "accountId": account,
            "userArn": f"arn:aws:iam::{account}:root",
            "userId": account,
            "principalOrgId": iam_evaluator._principal_org_id(account),
            "session": None,
        }

    iam_evaluator.is_root_access_key = is_root
    sts.is_root_access_key = is_root
    iam_evaluator._is_root_key = needs_no_signature
    iam_evaluator.resolve_caller_identity = identify_root_too
