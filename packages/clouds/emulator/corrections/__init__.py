"""The corrections, each a module with a docstring (what MiniStack 1.5.33 does, what AWS does) and `apply(settings)`.

They are applied in this order; a later one may wrap what an earlier one wrapped.
"""

from __future__ import annotations

from importlib import import_module

from settings import Settings

NAMES: tuple[str, ...] = (
    "function_processes",
    "function_output",
    "prepared_code",
    "lean_records",
    "alias_weights",
    "lambda_metrics",
    "executed_version",
    "client_context",
    "secure_loopback",
    "root_key",
    "managed_key",
    "back_doors",
    "gateway_requests",
    "rest_api_stages",
    "web_identity",
    "polly",
    "dropped_properties",
    "owned_names",
    "imported_secrets",
    "code_deploy",
    "change_sets",
    "exports_in_use",
    "lambda_refusals",
    "lambda_actions",
    "queue_mappings",
    "permitted_callers",
    "drift_readers",
    "alarms",
    "sessions_in_turn",
    "durable_state",
)


def apply(settings: Settings) -> None:
    """Apply every correction but those that `settings.without` names (tests show with it that each is needed)."""
    for name in NAMES:
        if name not in settings.without:
            import_module(f"corrections.{name}").apply(settings)
