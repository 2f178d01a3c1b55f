"""HTTP events → the API. The models load with the module, in Lambda's INIT phase."""

from __future__ import annotations

from functions.filter.http.bootstrap import http_app
from functions.filter.http.events import event_handler
from functions.filter.http.settings import HttpSettings

handler = event_handler(http_app(HttpSettings()))
