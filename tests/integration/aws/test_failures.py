"""What the adapters make of AWS's failures, in the shapes that AWS answers with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config

from bowerbird.adapters.aws.ledger import DynamoLedger
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.core.decisions import Decision, encode_decision
from bowerbird.core.errors import InvalidMessageError, RetryableError, UsageError
from bowerbird.core.reasons import Reason

TEXT = "text/plain"


@dataclass
class ScriptedAws:
    """Answers requests with what was prepared, in order; keeps what it was asked."""

    url: str = ""
    answers: list[tuple[int, str]] = field(default_factory=list)
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        """A client without retries of its own."""
        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs want a literal
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    scripted = ScriptedAws()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # so that a PUT is not kept waiting for "100 Continue"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scripted.asked.append((dict(self.headers), body))
            status, text = scripted.answers.pop(0)
            self.send_response(status)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_PUT = do_POST = do_HEAD = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scripted.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield scripted
    server.shutdown()
    server.server_close()


def s3_error(code: str) -> str:
    return f"<Error><Code>{code}</Code><Message>told by S3</Message></Error>"


def json_error(code: str, **more: Any) -> str:
    return json.dumps({"__type": f"com.amazonaws.service#{code}", "message": "told by AWS", **more})


def decision(candidate: str = "a") -> Decision:
    return Decision(
        candidate,
        keep=True,
        stage="novelty",
        reason=Reason.parse("kept"),
        bundle="b",
        decided_at="2026-11-22T",
    )


@pytest.fixture
def store(aws: ScriptedAws) -> S3Store:
    return S3Store(aws.client("s3"), "bucket")


@pytest.fixture
def queue(aws: ScriptedAws) -> SqsQueue:
    return SqsQueue(aws.client("sqs"), f"{aws.url}/queue", f"{aws.url}/dead")


@pytest.fixture
def ledger(aws: ScriptedAws, store: S3Store) -> DynamoLedger:
    return DynamoLedger(aws.client("dynamodb"), "table", store)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (503, "SlowDown", RetryableError),
        (500, "InternalError", RetryableError),
        (400, "RequestTimeout", RetryableError),
        (403, "AccessDenied", UsageError),
        (404, "NoSuchBucket", UsageError),
    ],
)
def test_a_failing_bucket_says_whether_to_try_again(
    aws: ScriptedAws, store: S3Store, status: int, code: str, error: type[Exception]
) -> None:
    aws.answers = [(status, s3_error(code))] * 2
    with pytest.raises(error, match=f"writing s3://bucket/key: {code}"):
        store.put("key", b"1", content_type=TEXT)
    with pytest.raises(error, match=f"reading s3://bucket/key: {code}"):
        store.get("key")


def test_a_forbidden_look_is_not_an_absent_object(aws: ScriptedAws, store: S3Store) -> None:
    aws.answers = [(403, ""), (404, "")]
    with pytest.raises(UsageError, match="looking for s3://bucket/key"):
        store.exists("key")
    assert store.exists("key") is False


def test_an_unreachable_service_is_tried_again(aws: ScriptedAws) -> None:
    aws.url = "http://127.0.0.1:1"
    with pytest.raises(RetryableError, match="deleting s3://bucket/key"):
        S3Store(aws.client("s3"), "bucket").delete("key")


def test_a_conflicting_conditional_write_is_repeated(aws: ScriptedAws, store: S3Store) -> None:
    aws.answers = [(409, s3_error("ConditionalRequestConflict")), (200, "")]
    assert store.put("key", b"1", content_type=TEXT, if_absent=True) is True
    assert [headers["If-None-Match"] for headers, _ in aws.asked] == ["*", "*"]


def test_a_write_that_always_conflicts_is_tried_later(aws: ScriptedAws, store: S3Store) -> None:
    aws.answers = [(409, s3_error("ConditionalRequestConflict"))] * 5
    with pytest.raises(RetryableError, match="others were writing it 5 times over"):
        store.replace("key", b"1", content_type=TEXT, version='"1"')


def test_lists_every_page(aws: ScriptedAws, store: S3Store) -> None:
    page = "<ListBucketResult>{}<Contents><Key>a/{}</Key></Contents></ListBucketResult>"
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    aws.answers = [(200, page.format(more, 1)), (200, page.format("", 2))]
    assert list(store.keys("a/")) == ["a/1", "a/2"]


def batch_answer(sent: list[int], failed: dict[int, bool]) -> str:
    return json.dumps(
        {
            "Successful": [{"Id": str(n), "MessageId": "m", "MD5OfMessageBody": ""} for n in sent],
            "Failed": [
                {"Id": str(n), "Code": "InternalError", "Message": "told by SQS", "SenderFault": sender}
                for n, sender in failed.items()
            ],
        }
    )


def entries(aws: ScriptedAws, request: int) -> list[str]:
    return [entry["Id"] for entry in json.loads(aws.asked[request][1])["Entries"]]


def test_sends_again_only_what_failed(aws: ScriptedAws) -> None:
    # Checksums of the fake answers are left out, so botocore must not ask for them.
    client = aws.client("sqs")
    client.meta.events.unregister("after-call.sqs.SendMessageBatch")
    aws.answers = [(200, batch_answer([0, 2], {1: False})), (200, batch_answer([1], {}))]
    assert SqsQueue(client, aws.url, aws.url).send([(str(n), f"body {n}") for n in range(3)]) == 3
    assert (entries(aws, 0), entries(aws, 1)) == (["0", "1", "2"], ["1"])


def test_sends_the_rest_before_it_tells_what_was_refused(aws: ScriptedAws, queue: SqsQueue) -> None:
    refused = dict.fromkeys(range(10), True)
    aws.answers = [(200, batch_answer([], refused)), (200, batch_answer([], {0: True}))]
    with pytest.raises(InvalidMessageError, match="refused 11 of 11 messages: InternalError told by SQS"):
        queue.send([(str(n), "\uffff") for n in range(11)])
    assert len(aws.asked) == 2


@pytest.mark.parametrize(
    "act", [lambda queue: queue.send([("a", "a")]), lambda queue: queue.delete(["receipt"])]
)
def test_entries_that_always_fail_are_tried_later(
    aws: ScriptedAws, queue: SqsQueue, act: Callable[[SqsQueue], object]
) -> None:
    aws.answers = [(200, batch_answer([], {0: False}))] * 4
    with pytest.raises(RetryableError, match="1 messages failed 4 times"):
        act(queue)


def test_a_throttled_queue_is_tried_later(aws: ScriptedAws, queue: SqsQueue) -> None:
    aws.answers = [(403, json_error("RequestThrottled"))]
    with pytest.raises(RetryableError, match="RequestThrottled"):
        queue.receive(1)


def test_a_missing_queue_is_told(aws: ScriptedAws, queue: SqsQueue) -> None:
    aws.answers = [(400, json_error("QueueDoesNotExist"))]
    with pytest.raises(UsageError, match="check the name"):
        queue.depth()


def test_a_throttled_table_is_tried_later(aws: ScriptedAws, ledger: DynamoLedger) -> None:
    aws.answers = [(200, "{}"), (400, json_error("ProvisionedThroughputExceededException"))]
    with pytest.raises(RetryableError, match="writing to table table"):
        ledger.commit(decision())


def test_a_claim_that_always_conflicts_is_tried_later(aws: ScriptedAws, ledger: DynamoLedger) -> None:
    conflict = json_error(
        "TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}]
    )
    aws.answers = [(400, conflict), (200, "{}"), (200, "{}")] * 5
    with pytest.raises(RetryableError, match="others were claiming it 5 times over"):
        ledger.claim("a" * 64, "a")


def test_a_transaction_cancelled_by_a_limit_is_no_lost_race(aws: ScriptedAws, ledger: DynamoLedger) -> None:
    refused = json_error("TransactionCanceledException", CancellationReasons=[{"Code": "ValidationError"}])
    aws.answers = [(400, refused)]
    with pytest.raises(UsageError, match="TransactionCanceledException"):
        ledger.claim("a" * 64, "a")


def test_a_commit_whose_answer_was_lost_still_gets_its_line(aws: ScriptedAws, ledger: DynamoLedger) -> None:
    standing = {"Item": {"pk": {"S": "c#"}, "lines_key": {"S": "decisions/day=2026-11-22/x.jsonl"}}}
    standing["Item"]["decision"] = {"S": encode_decision(decision())}
    aws.answers = [
        (200, "{}"),
        (400, json_error("ConditionalCheckFailedException")),
        (200, json.dumps(standing)),
    ]
    assert ledger.commit(decision()) == decision()
    # Its object is missing: it is shut out with an empty one, then the line is written on its own.
    missing = (404, s3_error("NoSuchKey"))  # its own object, and that of a day that was compacted
    aws.answers = [missing, missing, (200, ""), (200, ""), (200, "")]
    assert ledger.flush() == 1
    assert b'"candidate":"a"' in aws.asked[-1][1]
