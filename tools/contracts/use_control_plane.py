"""Calls a control plane by the client that was generated from its own document, and says what came of it as JSON."""

import json
import sys

from generated_client import AuthenticatedClient, Client
from generated_client.api.environments import get_environment, list_environments
from generated_client.api.operations import get_status, is_alive
from generated_client.api.promotions import list_promotions, request_promotion
from generated_client.models import (
    EnvironmentList,
    ErrorEnvelope,
    PromotionList,
    PromotionRequest,
    PromotionRequestKind,
    Status,
)

url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token)
alive = is_alive.sync(client=Client(base_url=url))
status = get_status.sync(client=client)
assert isinstance(status, Status), status
environments = list_environments.sync(client=client)
assert isinstance(environments, EnvironmentList), environments
promotions = list_promotions.sync(client=client, limit=1)
assert isinstance(promotions, PromotionList), promotions
unknown = get_environment.sync("nosuch", client=client)
assert isinstance(unknown, ErrorEnvelope), unknown
wish = PromotionRequest(environment="nosuch", kind=PromotionRequestKind.PROMOTE)
refused = request_promotion.sync(client=client, body=wish)
assert isinstance(refused, ErrorEnvelope), refused
stranger = get_status.sync(client=AuthenticatedClient(base_url=url, token="guess"))
assert isinstance(stranger, ErrorEnvelope), stranger
print(
    json.dumps(
        {
            "alive": alive.ok,
            "status": [one.name for one in status.environments],
            "environments": [one.name for one in environments.environments],
            "unknown": unknown.error.code,
            "refused": refused.error.code,
            "stranger": stranger.error.code,
        }
    )
)
