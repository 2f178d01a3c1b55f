"""Messages by ntfy, webhook and mail, to servers on loopback that take them or do not."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

import pytest

from bowerbird.core.errors import RetryableError, UsageError
from bowerbird.notify.channels import channel_specs, find_channel
from bowerbird.notify.message import Channel, Message
from bowerbird.notify.settings import NotifySettings
from tests.integration.deliver.galleries_server import Said, Webhook, running, said
from tests.integration.notify.smtp_server import Mailbox
from tests.integration.notify.smtp_server import running as mailing

KEEPS = Message("keeps", "Zwei Bilder für dich", "In a:\n- été", {"kept": 2})
BROKEN = Message("sources", "Cannot read\nbluesky", "refused", urgent=True)


@pytest.fixture
def server() -> Iterator[Webhook]:
    gallery = Webhook()
    with running(gallery):
        yield gallery


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with mailing(box):
        yield box


def channel(to: str, **settings: object) -> Channel:
    spec, argument = find_channel(to)
    return spec.open(argument, NotifySettings(**settings))


def mail(mailbox: Mailbox, to: str = "you@example.org", user: str = "", **settings: object) -> Channel:
    return channel(f"mail:{to}", smtp_url=f"smtp://{user}127.0.0.1:{mailbox.port}", **settings)


def test_ntfy_gets_title_text_and_urgency(server: Webhook) -> None:
    server.next_answers = [said(200, {}), said(200, {})]
    topic = channel(f"ntfy:{server.url}/finds", ntfy_token="tk_opensesame")
    topic.send(KEEPS)
    topic.send(BROKEN)
    first, second = (request.told for request in server.requests)
    assert (first["topic"], first["title"]) == ("finds", "Zwei Bilder für dich")
    assert (first["message"], first["tags"]) == ("In a:\n- été", ["framed_picture"])
    assert "priority" not in first
    assert second["priority"] == 4
    assert server.asked == ["POST /", "POST /"]
    assert server.requests[0].headers["Authorization"] == "Bearer tk_opensesame"


def test_a_webhook_gets_data_and_a_signature(server: Webhook) -> None:
    channel(f"webhook:{server.url}/hook", notify_secret="opensesame").send(KEEPS)
    (request,) = server.requests
    assert request.path == "/hook"
    assert request.told["type"] == "notice.keeps"
    assert request.told["data"]["kept"] == 2
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    )
    digest = base64.b64encode(hmac.digest(b"opensesame", signed, hashlib.sha256)).decode()
    assert request.headers["webhook-signature"] == f"v1,{digest}"


@pytest.mark.parametrize("name", ["ntfy", "webhook"])
@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (said(401, {}), UsageError, "check the key"),
        (said(404, {}), UsageError, "status 404"),
        (said(413, {}), UsageError, "status 413"),
        (said(429, {"error": "limit reached"}), RetryableError, "status 429: limit reached"),
        (said(500, {}), RetryableError, "status 500"),
        ("drop", RetryableError, "no answer"),
        ("silent", RetryableError, "no answer"),
    ],
)
def test_what_does_not_arrive_is_told(
    server: Webhook, name: str, answer: Said | str, error: type[Exception], why: str
) -> None:
    server.next_answers = [answer]
    patience = {"notify_timeout_s": 0.2} if answer == "silent" else {}
    with pytest.raises(error, match=why):
        channel(f"{name}:{server.url}/finds", **patience).send(KEEPS)


def test_a_mail_arrives_whole(mailbox: Mailbox) -> None:
    mail(mailbox, smtp_from="bowerbird@example.org").send(KEEPS)
    (got,) = mailbox.mails
    assert (got["Subject"], got["From"], got["To"]) == (
        "Zwei Bilder für dich", "bowerbird@example.org", "you@example.org",
    )  # fmt: skip
    assert got.get_content() == "In a:\n- été\n"
    assert got["Auto-Submitted"] == "auto-generated"


def test_no_words_become_another_header(mailbox: Mailbox) -> None:
    mail(mailbox).send(Message("keeps", "a\r\nBcc: all@example.org", ".\r\nQUIT"))
    (got,) = mailbox.mails
    assert (got["Bcc"], got["Subject"]) == (None, "a Bcc: all@example.org")
    assert got.get_content().splitlines() == [".", "QUIT"]


def test_a_user_signs_in(mailbox: Mailbox) -> None:
    mailbox.extensions = ("AUTH PLAIN",)
    mail(mailbox, user="me%40example.org@", smtp_password="opensesame").send(KEEPS)
    (auth,) = (line for line in mailbox.commands if line.startswith("AUTH"))
    assert base64.b64decode(auth.split()[-1]) == b"\0me@example.org\0opensesame"


@pytest.mark.parametrize(
    ("command", "answer", "error", "why"),
    [
        ("AUTH", "535 no", UsageError, "neither user nor password"),
        ("RCPT", "550 nobody of that name", UsageError, "550 nobody of that name"),
        ("RCPT", "451 greylisted", RetryableError, "451 greylisted"),
        ("DATA", "452 full: opensesame", RetryableError, r"452 full: \*\*\*"),
        ("MAIL", "552 too large", UsageError, "552"),
    ],
)
def test_a_server_that_refuses_is_told(
    mailbox: Mailbox, command: str, answer: str, error: type[Exception], why: str
) -> None:
    mailbox.extensions, mailbox.says = ("AUTH PLAIN",), {command: answer}
    with pytest.raises(error, match=why):
        mail(mailbox, user="me@", smtp_password="opensesame").send(KEEPS)


def test_nobody_there_is_tried_again() -> None:
    with pytest.raises(RetryableError, match="no mail server answers"):
        channel("mail:you@example.org", smtp_url="smtp://127.0.0.1:9").send(KEEPS)


@pytest.mark.parametrize(
    ("to", "settings", "why"),
    [
        ("pigeon:loft", {}, "say one of mail:ADDRESS, ntfy:URL/TOPIC, webhook:URL"),
        ("mail:you@example.org", {}, "set BOWERBIRD_SMTP_URL"),
        ("mail:you@example.org", {"smtp_url": "smtp://me:secret@x"}, "belongs into BOWERBIRD_SMTP_PASSWORD"),
        ("mail:you@example.org", {"smtp_url": "smtp://x:port"}, "set BOWERBIRD_SMTP_URL"),
        ("mail:you", {"smtp_url": "smtp://x"}, "'you' is no mail address"),
        ("mail:a@b\r\nBcc: c@d", {"smtp_url": "smtp://x"}, "is no mail address"),
        ("ntfy:https://ntfy.sh", {}, "names no topic"),
        ("ntfy:https://ntfy.sh/a/b c", {}, "names no topic"),
        ("webhook:http://x", {"notify_secret": "whsec_!"}, "not base64"),
    ],
)
def test_a_wrong_address_is_told_before_anything_is_sent(to: str, settings: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        channel(to, **settings)


def test_every_file_is_a_channel() -> None:
    assert set(channel_specs()) == {"mail", "ntfy", "webhook"}
