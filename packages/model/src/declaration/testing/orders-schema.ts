/** What `small` says under settings: a text, as it would stand in a file. `audit` and `watch` depend on where the service runs. */
export const schemaText = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "required": ["engine", "limits", "logLevel", "memory", "retentionDays", "audit", "maxAttempts"],
  "properties": {
    "$environment": { "type": "object" },
    "engine": { "enum": ["fast", "exact"], "type": "string" },
    "limits": {
      "type": "object",
      "additionalProperties": false,
      "required": ["itemBytes", "bodyBytes", "requestsPerSecond"],
      "properties": {
        "itemBytes": { "type": "integer", "minimum": 1 },
        "bodyBytes": { "type": "integer", "minimum": 256 },
        "requestsPerSecond": { "type": "integer", "minimum": 1, "maximum": 10000 }
      }
    },
    "logLevel": { "enum": ["debug", "info", "warn", "error"], "type": "string" },
    "memory": {
      "type": "object",
      "additionalProperties": { "type": "integer", "minimum": 128 }
    },
    "retentionDays": { "type": "integer", "minimum": 1, "description": "days after which an order is removed" },
    "audit": { "type": "string", "enum": ["public", "loopback"] },
    "tags": { "type": "array", "items": { "type": "string", "minLength": 1 }, "uniqueItems": true },
    "when": { "anyOf": [{ "type": "string", "format": "date" }, { "type": "integer" }] },
    "maxAttempts": { "type": "integer", "minimum": 5, "description": "a queue uses tries up" }
  },
  "allOf": [
    {
      "if": {
        "properties": {
          "$environment": {
            "type": "object",
            "required": ["cloud"],
            "properties": { "cloud": { "const": "real" } }
          }
        }
      },
      "then": {
        "properties": {
          "audit": { "const": "public", "description": "loopback is refused on a real cloud" }
        }
      }
    },
    {
      "if": { "properties": { "logLevel": { "const": "error" } }, "required": ["logLevel"] },
      "then": {
        "properties": {
          "$environment": {
            "type": "object",
            "properties": {
              "watch": { "type": "number", "maximum": 0, "description": "errors alone show no requests" }
            }
          }
        }
      }
    }
  ]
}
`;
