"""Credentials out of AWS's stores, played by moto; whatever goes wrong, no value is said."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.crawl.credentials import Credentials, read_parameter, read_secret
from bowerbird.crawl.settings import CrawlSettings
from tests import aws_servers

KEPT = {
    "client_id": "the-id",
    "client_secret": "the-secret",
    "refresh_token": "the-token",
    "imgur_client_id": "the-imgur-id",
    "flickr_api_key": "the-flickr-key",
}

Keep = Callable[[str], Credentials]


@pytest.fixture(scope="module")
def cloud() -> Iterator[aws_servers.Cloud]:
    with aws_servers.moto() as running:
        yield running


@pytest.fixture(params=["secret", "parameter"])
def keep(request: pytest.FixtureRequest, cloud: aws_servers.Cloud) -> Keep:
    """Stores a text and reads it back as credentials."""
    name = f"/bowerbird/{uuid.uuid4().hex}"

    def secret(text: str) -> Credentials:
        client = cloud.client("secretsmanager")
        arn = client.create_secret(Name=name, SecretString=text)["ARN"]
        return read_secret(client, arn)

    def parameter(text: str) -> Credentials:
        client = cloud.client("ssm")
        client.put_parameter(Name=name, Value=text, Type="SecureString")
        return read_parameter(client, name)

    return secret if request.param == "secret" else parameter


def test_one_object_holds_them_all(keep: Keep, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    settings = CrawlSettings(reddit_client_id="old", user_agent="linux:me:1 (by /u/me)")
    found = settings.with_credentials(keep(json.dumps(KEPT)))
    app = found.reddit_app()
    assert app is not None
    assert (app.client_id, app.client_secret, app.refresh_token) == ("the-id", "the-secret", "the-token")
    assert found.host_keys() == {"imgur": "the-imgur-id", "flickr": "the-flickr-key"}
    said = repr(found) + repr(app) + caplog.text
    assert not [value for name, value in KEPT.items() if name != "client_id" and value in said]


def test_what_is_not_kept_there_stays(keep: Keep) -> None:
    settings = CrawlSettings(reddit_client_id="mine", reddit_client_secret="old")
    found = settings.with_credentials(keep('{"client_secret": "new"}'))
    app = found.reddit_app()
    assert app is not None
    assert (app.client_id, app.client_secret) == ("mine", "new")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("hunter2", "the whole"),
        ('["hunter2"]', "the whole"),
        ('{"client_secret": {"hunter2": 1}}', "client_secret"),
        ('{"password": "hunter2"}', "password"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_shown(text: str, named: str, keep: Keep) -> None:
    with pytest.raises(UsageError, match=f"{named} cannot be used; store a JSON object") as error:
        keep(text)
    assert "hunter2" not in str(error.value) + repr(error.value.__cause__)


@pytest.mark.parametrize(("read", "service"), [(read_secret, "secretsmanager"), (read_parameter, "ssm")])
def test_what_is_not_there_says_what_to_check(
    read: Callable[[Any, str], Credentials], service: str, cloud: aws_servers.Cloud
) -> None:
    with pytest.raises(UsageError, match=r"credentials nothing cannot be read .*check the name"):
        read(cloud.client(service), "nothing")
