"""A loopback mail server: as much of RFC 5321 as smtplib asks for, and as unfriendly as it is told to be."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mailbox:
    """`says` maps a command (MAIL, RCPT, DATA, AUTH) to the answer it gets instead of the usual one."""

    says: dict[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    mails: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0


@contextmanager
def running(mailbox: Mailbox) -> Iterator[None]:  # noqa: C901 - one branch for each command
    """Serve on 127.0.0.1 until the block ends."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.answer("220 loopback")
            while line := self.rfile.readline().decode().rstrip("\r\n"):
                command = line.partition(" ")[0].upper()
                mailbox.commands.append(line)
                if command in mailbox.says:
                    self.answer(mailbox.says[command])
                elif command == "EHLO":
                    names = ["loopback", *mailbox.extensions]
                    for name in names[:-1]:
                        self.answer(f"250-{name}")
                    self.answer(f"250 {names[-1]}")
                elif command == "DATA":
                    self.answer("354 go on")
                    self.take()
                    self.answer("250 taken")
                elif command == "AUTH":
                    self.answer("235 welcome")
                else:
                    self.answer("221 bye" if command == "QUIT" else "250 ok")

        def answer(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".").replace(b"\r\n", b"\n"))
            mail = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            mailbox.mails.append(mail)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
