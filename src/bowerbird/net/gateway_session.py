"""Leads a library that makes its own requests to a test rig, as `--gateway` does with our fetcher."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests

from bowerbird.net.fetcher import gateway_target


class GatewaySession(requests.Session):
    """Sends every request to a test rig, in plain http, with the Host header of the host it is meant for."""

    def __init__(self, gateway: str) -> None:
        super().__init__()
        self._rig = gateway_target(gateway).authority
        self.trust_env = False  # no proxy, no netrc

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **choices: Any) -> requests.Response:
        """See `requests.Session.request`; redirects, which lead to the world, are not followed."""
        meant = urlsplit(url.decode() if isinstance(url, bytes) else url)
        here = meant._replace(scheme="http", netloc=self._rig).geturl()
        choices["headers"] = {**(choices.get("headers") or {}), "Host": meant.netloc}
        choices.setdefault("allow_redirects", False)
        return super().request(method, here, *args, **choices)
