"""botocore keeps its models of AWS with all their documentation, in ordered dictionaries: of each account's memory a good tenth,
and more with every service that ever refused a request. Here they are read without that, in plain dictionaries."""

from __future__ import annotations

from typing import Any

from botocore import loaders


def read_models_lean() -> None:
    """Takes effect for all models that are read from now on."""
    loaders.OrderedDict = _without_documentation


def _without_documentation(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A member may have that name, too: its value is a shape.
    return {name: value for name, value in pairs if name != "documentation" or not isinstance(value, str)}
