"""Greets whoever is named in the query: GET /?name=Ada."""

import json


def handle(event, _context):
    name = (event.get("queryStringParameters") or {}).get("name", "world")
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"greeting": f"Hello, {name}!"}),
    }
