"""Fakes of the ports, for unit tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bowerbird.core.decisions import Decision, redacted
from bowerbird.core.errors import BowerbirdError, PermanentError
from bowerbird.core.ports import Fetched, Message, QueueDepth
from bowerbird.core.reasons import Word


class FakeStore:
    """An object store in a dict."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        assert content_type
        if if_absent and key in self.objects:
            return False
        self.objects[key] = data
        return True

    def get(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def get_versioned(self, key: str) -> tuple[bytes, str] | None:
        data = self.objects.get(key)
        return None if data is None else (data, str(hash(data)))

    def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
        current = self.get_versioned(key)
        if (current[1] if current else None) != version:
            return False
        return self.put(key, data, content_type=content_type)

    def exists(self, key: str) -> bool:
        return key in self.objects

    def keys(self, prefix: str) -> Iterator[str]:
        yield from sorted(key for key in self.objects if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)


class FakeLedger:
    """A ledger in two dicts."""

    def __init__(self) -> None:
        self.decisions: dict[str, Decision] = {}
        self.claims: dict[str, str] = {}
        self.flushes = 0

    def decided(self, candidate_id: str) -> Decision | None:
        return self.decisions.get(candidate_id)

    def knows(self, candidate_id: str) -> bool:
        return self.decided(candidate_id) is not None

    def owner(self, sha256: str) -> str | None:
        return self.claims.get(sha256)

    def claim(self, sha256: str, candidate_id: str) -> str:
        return self.claims.setdefault(sha256, candidate_id)

    def claimed_by(self, candidate_id: str) -> str | None:
        return next((sha for sha, owner in self.claims.items() if owner == candidate_id), None)

    def commit(self, decision: Decision) -> Decision:
        stands = self.decisions.setdefault(decision.candidate, decision)
        if not stands.keep:
            self.claims = {sha: owner for sha, owner in self.claims.items() if owner != decision.candidate}
        return stands

    def redact(self, candidate_id: str) -> None:
        if candidate_id in self.decisions:
            self.decisions[candidate_id] = redacted(self.decisions[candidate_id])

    def flush(self) -> int:
        self.flushes += 1
        return 0


# What a fetcher shows of a longer body before it reads on.
_BEGINNING = 4096


class FakeFetcher:
    """Answers from a table of bodies and errors; anything else is gone."""

    def __init__(self, answers: Mapping[str, bytes | BowerbirdError]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.headers: dict[str, dict[str, str]] = {}
        self.accepted: dict[str, str] = {}

    def fetch(
        self,
        url: str,
        *,
        accept: str,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        enough: Callable[[bytes], bool] | None = None,
    ) -> Fetched:
        assert accept
        self.accepted[url] = accept
        self.asked.append(url)
        self.headers[url] = dict(headers or {})
        answer = self.answers.get(url, PermanentError("404", Word.GONE, status=404))
        if isinstance(answer, BowerbirdError):
            raise answer
        if len(answer) > max_bytes:
            raise PermanentError("more than allowed", Word.TOO_LARGE)
        beginning = answer[:_BEGINNING]
        if enough is not None and len(answer) > _BEGINNING and enough(beginning):
            return Fetched(url, 200, {"content-type": "image/jpeg"}, beginning, whole=False)
        return Fetched(url, 200, {"content-type": "image/jpeg"}, answer)


class FakeQueue:
    """Remembers what was done to each delivery."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.deleted: list[str] = []
        self.released: list[tuple[str, float]] = []
        self.uncounted: list[str] = []
        self.buried: list[tuple[str, str]] = []

    def send(self, messages: Sequence[tuple[str, str]]) -> int:
        self.sent += messages
        return len(messages)

    def receive(self, limit: int) -> list[Message]:
        taken, self.sent = self.sent[:limit], self.sent[limit:]
        return [Message(id_, body, id_, 1) for id_, body in taken]

    def delete(self, receipts: Sequence[str]) -> None:
        self.deleted += receipts

    def release(self, receipt: str, delay_s: float, *, counted: bool = True) -> None:
        if not counted:
            self.uncounted.append(receipt)
        self.released.append((receipt, delay_s))

    def bury(self, message: Message, reason: str) -> None:
        self.buried.append((message.id, reason))

    def depth(self) -> QueueDepth:
        return QueueDepth(len(self.sent), len(self.released), 0, len(self.buried))

    def redrive(self) -> int:
        return 0
