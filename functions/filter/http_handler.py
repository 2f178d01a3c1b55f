"""Passes HTTP events to the API. The models load with the module, in Lambda's INIT phase."""

from __future__ import annotations

from bowerbird.serve.http.lambda_events import event_handler
from bowerbird.serve.http.settings import HttpSettings
from bowerbird.serve.http.wiring import http_app

handler = event_handler(http_app(HttpSettings()))
