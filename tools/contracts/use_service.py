"""Calls a service by the client that was generated from its own document, and says what came of it as JSON."""

import json
import sys

from generated_client import Client
from generated_client.api.soundbites import create_soundbite, delete_soundbite, get_soundbite, list_soundbites
from generated_client.models import Problem, Soundbite, SoundbiteList, SoundbiteRequest

client = Client(base_url=sys.argv[1])
made = create_soundbite.sync(client=client, body=SoundbiteRequest(text="Good evening."))
assert isinstance(made, Soundbite), made
found = get_soundbite.sync(made.id, client=client)
assert isinstance(found, Soundbite), found
page = list_soundbites.sync(client=client, limit=100)
assert isinstance(page, SoundbiteList), page
refused = list_soundbites.sync(client=client, limit=0)
assert isinstance(refused, Problem), refused
deleted = delete_soundbite.sync_detailed(made.id, client=client)
gone = get_soundbite.sync(made.id, client=client)
assert isinstance(gone, Problem), gone
print(
    json.dumps(
        {
            "created": made.text,
            "found": found.text,
            "listed": any(one.id == made.id for one in page.soundbites),
            "wrongLimit": refused.code,
            "deleted": deleted.status_code.value,
            "gone": gone.code,
        }
    )
)
