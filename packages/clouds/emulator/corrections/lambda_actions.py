"""Who changes or deletes an alias is asked for `lambda:ListAliases`, and who reads or deletes reserved concurrency for
`lambda:PutFunctionConcurrency`.

AWS asks for the action's own name.
"""

from __future__ import annotations

from ministack.core import iam_actions

from settings import Settings

_ACTIONS = {
    ("aliases", "GET"): "GetAlias",
    ("aliases", "PUT"): "UpdateAlias",
    ("aliases", "DELETE"): "DeleteAlias",
    ("concurrency", "GET"): "GetFunctionConcurrency",
    ("concurrency", "DELETE"): "DeleteFunctionConcurrency",
}


def apply(settings: Settings) -> None:
    del settings
    known = iam_actions._lambda_action

    def named(method: str, path: str) -> str | None:
        parts = [part for part in path.split("/") if part]
        of = parts[parts.index("functions") + 2 :] if "functions" in parts else []
        is_list = of == ["aliases"]
        return known(method, path) if not of or is_list else _ACTIONS.get((of[0], method)) or known(method, path)

    iam_actions._lambda_action = named
