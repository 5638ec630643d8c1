"""What the OpenAPI says about the record's routes: they read and write raw JSON, so nothing can be derived."""

from __future__ import annotations

from typing import Any, Final

from tiexin.record.contracts import BATCH_EVENTS_MAX, PAGE_EVENTS_MAX, TEXT_CHARS_MAX, Channel, PersonalState
from tiexin.record.wire import BATCH_CONTENT_TYPE, CONTENT_TYPE

Schema = dict[str, Any]

EVENT: Final = "#/components/schemas/CloudEvent"
RECORDED: Final = "#/components/schemas/RecordedCloudEvent"


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": TEXT_CHARS_MAX, "description": description, **more}


_ATTRIBUTES: Final[dict[str, Schema]] = {
    "specversion": {"type": "string", "const": "1.0"},
    "id": _text("Unique within the source; the same source and id again is a redelivery."),
    "source": _text("Where the event comes from, for example the name of the telephone system."),
    "type": _text("What happened, with its version.", examples=["call.ended.v1"]),
    "time": {"type": "string", "format": "date-time", "description": "When it happened, RFC 3339 with zone."},
    "subject": _text("Pseudonym of the customer."),
    "channel": {"type": "string", "enum": [channel.value for channel in Channel]},
    "journey": _text("The journey this contact is a step of."),
    "case": _text("The case within the journey."),
    "actor": _text("Staff id or name of the bot."),
    "step": _text("The step of the journey."),
    "lifecycle": _text("Where in its life the step is, for example START or COMPLETE."),
    "org": _text("The unit of the organisation."),
    "product": _text("The product."),
    "segment": _text("The customer segment."),
    "team": _text("The team that worked on it."),
    "datacontenttype": {"type": "string", "enum": ["application/json"]},
    "data": {
        "type": "object",
        "description": "What may be analysed; its member `personal` is split off and encrypted for the subject.",
        "properties": {"personal": {"type": "object", "additionalProperties": True}},
        "additionalProperties": True,
    },
}
_SIMPLE: Final[Schema] = {
    "anyOf": [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    ]
}
_REQUIRED: Final = ["specversion", "id", "source", "type", "time"]
_POSITION: Final[Schema] = {"type": "integer", "minimum": 1}

SCHEMAS: Final[dict[str, Schema]] = {
    "CloudEvent": {
        "type": "object",
        "description": "A CloudEvents 1.0 event with the house's extension attributes.",
        "properties": _ATTRIBUTES,
        "required": _REQUIRED,
        "propertyNames": {"pattern": "^[a-z0-9]{1,64}$"},
        "additionalProperties": _SIMPLE,
    },
    "RecordedCloudEvent": {
        "type": "object",
        "description": "An event as it stands in the record.",
        "properties": {
            **_ATTRIBUTES,
            "position": _POSITION,
            "recordedtime": {"type": "string", "format": "date-time"},
            "personalstate": {
                "type": "string",
                "enum": [state.value for state in PersonalState if state is not PersonalState.NONE],
            },
        },
        "required": [*_REQUIRED, "data", "position", "recordedtime"],
        "additionalProperties": _SIMPLE,
    },
    "AppendAnswer": {
        "type": "object",
        "properties": {
            "appended": {"type": "integer", "minimum": 0},
            "duplicates": {"type": "integer", "minimum": 0},
            "positions": {
                "anyOf": [
                    {
                        "type": "object",
                        "properties": {"first": _POSITION, "last": _POSITION},
                        "required": ["first", "last"],
                    },
                    {"type": "null"},
                ],
                "description": "Lowest and highest position of the events sent, redeliveries included.",
            },
        },
        "required": ["appended", "duplicates", "positions"],
    },
    "EventPage": {
        "type": "object",
        "properties": {
            "events": {"type": "array", "maxItems": PAGE_EVENTS_MAX, "items": {"$ref": RECORDED}},
            "next": {
                "anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}],
                "description": "Pass it as `after` to read on; null at the end.",
            },
        },
        "required": ["events", "next"],
    },
    "RecordStats": {
        "type": "object",
        "properties": {
            "events": {"type": "integer", "minimum": 0},
            "subjects": {"type": "integer", "minimum": 0},
            "first": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "last": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "bytes": {"type": "integer", "minimum": 0},
            "system_events": {"type": "integer", "minimum": 0},
            "position": {"type": "integer", "minimum": 0},
            "lake_position": {"type": "integer", "minimum": 0},
        },
        "required": [
            "events", "subjects", "first", "last", "bytes", "system_events", "position", "lake_position",
        ],
    },
    "Kinds": {
        "type": "object",
        "properties": {
            "kinds": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string"},
                        "schema": {"type": "object", "additionalProperties": True},
                    },
                    "required": ["type", "schema"],
                },
            }
        },
        "required": ["kinds"],
    },
}  # fmt: skip
"""Component schemas that the application adds to its OpenAPI."""


def _json_response(name: str, description: str, **more: Any) -> Schema:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": description, "content": {"application/json": {"schema": schema}}, **more}


_ONE: Final[Schema] = {"$ref": EVENT}
_MANY: Final[Schema] = {"type": "array", "maxItems": BATCH_EVENTS_MAX, "items": _ONE}

APPEND_DOC: Final[Schema] = {
    "requestBody": {
        "required": True,
        "content": {
            CONTENT_TYPE: {"schema": _ONE},
            BATCH_CONTENT_TYPE: {"schema": _MANY},
            "application/json": {"schema": {"anyOf": [_ONE, _MANY]}},
        },
    }
}
APPEND_RESPONSES: Final[dict[int | str, Schema]] = {
    201: _json_response("AppendAnswer", "Appended and durable."),
    200: _json_response("AppendAnswer", "Nothing new: every event was there already."),
}
PAGE_RESPONSE: Final[dict[int | str, Schema]] = {
    200: _json_response(
        "EventPage",
        "One page.",
        headers={"Link": {"description": "The next page (rel=next).", "schema": {"type": "string"}}},
    )
}
EVENT_RESPONSE: Final[dict[int | str, Schema]] = {200: _json_response("RecordedCloudEvent", "The event.")}
STATS_RESPONSE: Final[dict[int | str, Schema]] = {200: _json_response("RecordStats", "The figures.")}
KINDS_RESPONSE: Final[dict[int | str, Schema]] = {200: _json_response("Kinds", "The kinds.")}
FOLLOW_RESPONSE: Final[dict[int | str, Schema]] = {
    200: {
        "description": "Server-sent events; each `data` is a RecordedCloudEvent, each `id` its position.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
