"""Takes events of API Gateway and function URLs to the application, and its answers back."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from mangum import Mangum

# Answers of any other type leave as base64, which only binary answers need.
_TEXT: Final = ["text/", "application/json", "application/problem+json", "application/x-ndjson"]


def event_handler(app: FastAPI) -> Mangum:
    """A handler for function URL, HTTP API (v2) and REST API (v1, `sam local start-api`) events.

    Without `lifespan="off"`, Mangum would start and stop the application around every event.
    """
    return Mangum(app, lifespan="off", text_mime_types=_TEXT)
