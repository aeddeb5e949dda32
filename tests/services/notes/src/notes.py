"""Keeps notes. Behind a REST API: PUT /notes/{id} with a text, GET and DELETE of it, GET /health. At a URL: GET /report, how many there are."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["NOTES"])


def keep(event, _context):
    if event["resource"] == "/health":
        return answer(200, {"status": "well"})
    note = {"id": event["pathParameters"]["id"]}
    if event["httpMethod"] == "PUT":
        note["text"] = event["body"]
        if not is_rehearsal(event):
            table.put_item(Item=note)
        return answer(200, note)
    found = table.get_item(Key=note).get("Item")
    return answer(200 if found else 404, found or note)


def forget(event, _context):
    note = {"id": event["pathParameters"]["id"]}
    if not is_rehearsal(event):
        table.delete_item(Key=note)
    return answer(200, {**note, "forgotten": True})


def report(event, _context):
    count = table.scan(Select="COUNT")["Count"]
    return {"statusCode": 200, "body": json.dumps({"path": event["rawPath"], "notes": count})}


def is_rehearsal(event):
    """A rehearsal keeps and forgets nothing."""
    return event["requestContext"]["stage"] == "rehearsal"


def answer(status, body):
    return {"statusCode": status, "multiValueHeaders": {"content-type": ["application/json"]}, "body": json.dumps(body)}
