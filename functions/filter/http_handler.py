"""HTTP events → the API, for a function URL, HTTP API (v2) and REST API (v1, `sam local start-api`) alike."""

from __future__ import annotations

from mangum import Mangum

from functions.filter.http.bootstrap import http_app
from functions.filter.http.settings import HttpSettings

# Everything else is sent as base64.
TEXT = ["text/", "application/json", "application/problem+json", "application/x-ndjson"]

# Nothing starts with the application: the models load here, in Lambda's INIT phase.
handler = Mangum(http_app(HttpSettings()), lifespan="off", text_mime_types=TEXT)
