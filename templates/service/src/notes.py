"""POST /notes {"text": "…"} keeps a note, GET /notes/<id> gives it back."""

import base64
import json
import os
import time
import uuid

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handle(event, _context):
    request = event["requestContext"]["http"]
    method, path = request["method"], event["rawPath"].rstrip("/")
    if method == "POST" and path == "/notes":
        return keep(event)
    if method == "GET" and path.startswith("/notes/"):
        return give(path.removeprefix("/notes/"))
    return answer(404, {"error": "try POST /notes or GET /notes/<id>"})


def keep(event):
    try:
        text = json.loads(body_of(event))["text"]
    except (ValueError, KeyError, TypeError):
        return answer(400, {"error": 'send JSON: {"text": "…"}'})
    note = {"id": uuid.uuid4().hex, "text": str(text)}
    # What the smoke writes is none of the users' notes: DynamoDB removes it after an hour.
    is_rehearsal = event["requestContext"].get("stage") == "rehearsal"
    expires = {"expires": int(time.time()) + 3600} if is_rehearsal else {}
    table.put_item(Item=note | expires)
    return answer(201, note)


def give(id):
    note = table.get_item(Key={"id": id}).get("Item")
    if note is None:
        return answer(404, {"error": f"there is no note {id}"})
    return answer(200, {"id": note["id"], "text": note["text"]})


def body_of(event):
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
