"""The documentation page of the interface, rendered here: it needs no script and nothing from another server."""

from __future__ import annotations

from typing import Any, Final

import msgspec

TEMPLATE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ info.title }} – API</title>
<style>
body { font: 16px/1.6 Inter, "Noto Sans SC", "PingFang SC", system-ui, sans-serif; max-width: 60rem;
       margin: 2rem auto; padding: 0 1rem; color: #1f1f1f; background: #fff; }
h1, h2 { line-height: 1.3; } section { border-top: 1px solid #ddd; padding: 1rem 0; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; } pre { overflow-x: auto; }
.method { color: #a3352a; font-weight: 600; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #141414; }
  section { border-color: #333; } .method { color: #e8806f; } a { color: inherit; } }
</style></head>
<body>
<h1>{{ info.title }}</h1>
<p>{{ info.description }}</p>
<p><a href="/openapi.json">openapi.json</a></p>
{% for operation in operations %}
<section id="{{ operation.id }}">
<h2><code><span class="method">{{ operation.method }}</span> {{ operation.path }}</code></h2>
<p>{{ operation.text }}</p>
{% if operation.parameters %}
<table><tr><th>Parameter</th><th>In</th><th>Form</th><th>Meaning</th></tr>
{% for parameter in operation.parameters %}
<tr><td><code>{{ parameter.name }}</code>{% if parameter.required %} *{% endif %}</td><td>{{ parameter.in }}</td>
<td><code>{{ parameter.form }}</code></td><td>{{ parameter.description or "" }}</td></tr>
{% endfor %}</table>
{% endif %}
{% if operation.bodies %}<p>Body: {% for body in operation.bodies %}<code>{{ body }}</code> {% endfor %}</p>{% endif %}
<p>Answers: {% for status, meaning in operation.answers %}<code>{{ status }}</code> {{ meaning }} {% endfor %}</p>
</section>
{% endfor %}
<h2 id="schemas">Schemas</h2>
{% for name, schema in schemas %}
<details id="schema-{{ name }}"><summary><code>{{ name }}</code></summary><pre>{{ schema }}</pre></details>
{% endfor %}
</body></html>
"""


def render(document: dict[str, Any]) -> str:
    """Return the page of an OpenAPI document; every text is escaped."""
    from jinja2 import Environment, StrictUndefined

    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(TEMPLATE)
    operations = [
        _shown(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [(name, _pretty(schema)) for name, schema in sorted(document["components"]["schemas"].items())]
    return template.render(info=document["info"], operations=operations, schemas=schemas)


def _shown(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {
            "name": parameter["name"],
            "in": parameter["in"],
            "required": parameter.get("required", False),
            "form": _form(parameter.get("schema", {})),
            "description": parameter.get("description"),
        }
        for parameter in operation.get("parameters", ())
    ]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "text": operation.get("description") or operation.get("summary", ""),
        "parameters": parameters,
        "bodies": list(operation.get("requestBody", {}).get("content", ())),
        "answers": [(status, answer["description"]) for status, answer in operation["responses"].items()],
    }


def _form(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_form(part) for part in schema["anyOf"] if part.get("type") != "null")
    form = str(schema.get("format") or schema.get("type", "any"))
    bounds = [f"{sign} {schema[name]}" for name, sign in (("minimum", "≥"), ("maximum", "≤")) if name in schema]
    return ", ".join([form, *bounds])


def _pretty(schema: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode()
