"""E-mail, through the owner's own mail server (RFC 5321), encrypted wherever the server can."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final
from urllib.parse import unquote, urlsplit

from bowerbird.core.errors import RetryableError, UsageError
from bowerbird.core.plain_text import plain
from bowerbird.notify.channels.base import ChannelSpec
from bowerbird.notify.message import Message
from bowerbird.notify.settings import NotifySettings

_PORTS: Final = {"smtp": 587, "smtps": 465}
_SAID: Final = 200
_FOR_GOOD: Final = 500
# Only what stays on this machine may go without encryption when there is a password in it.
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Mail:
    """Mail from `sender` to `receiver`. With a `user` it signs in first."""

    host: str
    port: int
    sender: str
    receiver: str
    user: str = ""
    password: str = ""
    encrypted: bool = False
    timeout_s: float = 20.0

    def send(self, message: Message) -> None:
        """Hand a mail over to the server."""
        mail = EmailMessage()
        mail["Subject"] = plain(message.title)
        mail["From"], mail["To"] = self.sender, self.receiver
        mail["Date"], mail["Message-ID"] = formatdate(localtime=True), make_msgid(domain="bowerbird.invalid")
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
        mail.set_content(message.text + "\n")
        try:
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPAuthenticationError:
            raise UsageError(f"{self.host}: it takes neither user nor password; check both") from None
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(*next(iter(error.recipients.values()))) from None
        except ssl.SSLError as error:
            raise RetryableError(f"{self.host}: it cannot be trusted ({error.reason})") from None
        except (OSError, smtplib.SMTPException) as error:
            raise RetryableError(f"{self.host}: no mail server answers ({type(error).__name__})") from None

    def _connected(self) -> smtplib.SMTP:
        if self.encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout_s, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            elif self.user and self.host not in _LOCAL:
                server.close()
                raise UsageError(f"{self.host}: it does not encrypt, so it gets no password; try smtps://")
        if self.user:
            server.login(self.user, self.password)
        return server

    def _refused(self, code: int, said: bytes | str) -> Exception:
        text = plain(said.decode(errors="replace") if isinstance(said, bytes) else said)[:_SAID]
        words = f"{self.host}: {code} {text.replace(self.password, '***') if self.password else text}"
        return UsageError(words) if code >= _FOR_GOOD else RetryableError(words)


def _open(receiver: str, settings: NotifySettings) -> Mail:
    parts = urlsplit(settings.smtp_url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise UsageError(
            "set BOWERBIRD_SMTP_URL to your mail server: smtp://user@mail.example.org:587, or smtps://"
        )
    if parts.password is not None:
        raise UsageError("BOWERBIRD_SMTP_URL: the password belongs into BOWERBIRD_SMTP_PASSWORD")
    return Mail(
        parts.hostname,
        port or _PORTS[parts.scheme],
        _address(settings.smtp_from or receiver),
        _address(receiver),
        unquote(parts.username or ""),
        settings.smtp_password.get_secret_value(),
        encrypted=parts.scheme == "smtps",
        timeout_s=settings.notify_timeout_s,
    )


def _address(text: str) -> str:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError):
        raise UsageError(f"{text!r} is no mail address") from None
    if not address.username or not address.domain:
        raise UsageError(f"{text!r} is no mail address")
    return str(address)


SPEC: Final = ChannelSpec(
    "mail:ADDRESS",
    _open,
    {
        "BOWERBIRD_SMTP_URL": "your mail server: `smtp://[user@]host[:587]`, or `smtps://`",
        "BOWERBIRD_SMTP_PASSWORD": "its password",
        "BOWERBIRD_SMTP_FROM": "who writes; left out: whom the mail is for",
    },
)
