"""Keeps notes behind a REST API: PUT /notes/{id} with a text, GET /notes/{id}; GET /health."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["NOTES"])


def handle(event, _context):
    if event["resource"] == "/health":
        return answer(200, {"status": "well"})
    note = {"id": event["pathParameters"]["id"]}
    if event["httpMethod"] == "PUT":
        note["text"] = event["body"]
        # A rehearsal keeps nothing.
        if event["requestContext"]["stage"] != "rehearsal":
            table.put_item(Item=note)
        return answer(200, note)
    found = table.get_item(Key=note).get("Item")
    return answer(200 if found else 404, found or note)


def answer(status, body):
    return {"statusCode": status, "multiValueHeaders": {"content-type": ["application/json"]}, "body": json.dumps(body)}
