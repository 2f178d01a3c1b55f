"""The ledger in a DynamoDB table: conditional writes decide, S3 holds the lines.

Items, by `pk`: `c#<sha256 of the candidate id>` is a candidate (`claims`, then `decision` and `lines_key`);
`s#<sha256 of an image>` is a claim (`holder`). Several tastes share a table: before each `pk` stands the
prefix of the taste's place, such as `tastes/portraits/`.

Each decision ends up in exactly one line, whatever crashes. A decision is committed together with the key of
the object that its batch will write. That object is created once and never changed. A process that meets a
committed decision again looks into that object. When the object is missing, its writer has died or is late,
so the process puts an empty object there to shut the writer out. A decision that its object does not hold
goes to an object of its own. The key of that one follows from the candidate, so it too can be created only
once.
"""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from bowerbird.adapters.aws.failures import code, translated
from bowerbird.core.decision_log import (
    CONTENT_TYPE,
    decisions_key,
    decode_line,
    file_lines,
    log_file,
    packed_key,
    split_lines,
)
from bowerbird.core.decisions import Decision, decode_decision, encode_decision, redacted
from bowerbird.core.errors import StoreError
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

# Only other deliveries of the same candidate, or of the same bytes, compete for an item.
_ATTEMPTS: Final = 5


class DynamoLedger:
    """Keeps the ledger in one table; decision lines go to `store`. Safe for threads."""

    def __init__(self, client: DynamoDBClient, table: str, store: ObjectStore, prefix: str = "") -> None:
        self._client = client
        self._table = table
        self._prefix = prefix
        self._store = store
        self._lock = threading.Lock()
        self._part = uuid.uuid4().hex
        self._new: dict[str, list[Decision]] = {}
        self._seen: list[tuple[Decision, str]] = []

    def decided(self, candidate_id: str) -> Decision | None:
        """Return the decision that stands; the next `flush` makes sure of its line."""
        item = self._read(self._candidate(candidate_id))
        return self._standing(item) if "decision" in item else None

    def knows(self, candidate_id: str) -> bool:
        """Whether there is a decision."""
        return "decision" in self._read(self._candidate(candidate_id))

    def owner(self, sha256: str) -> str | None:
        """Who holds these bytes."""
        item = self._read(self._claim(sha256))
        return item["holder"]["S"] if item else None

    def claim(self, sha256: str, candidate_id: str) -> str:
        """Claim bytes; the first wins. A candidate that is decided already gets no new claim."""
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": {**self._claim(sha256), "holder": {"S": candidate_id}},
                "ConditionExpression": "attribute_not_exists(pk) OR holder = :holder",
                "ExpressionAttributeValues": {":holder": {"S": candidate_id}},
            }
        }
        remember: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._table,
                "Key": self._candidate(candidate_id),
                "UpdateExpression": "ADD claims :claim",
                "ConditionExpression": "attribute_not_exists(decision)",
                "ExpressionAttributeValues": {":claim": {"SS": [sha256]}},
            }
        }
        for _ in range(_ATTEMPTS):
            if self._together([put, remember]):
                return candidate_id
            if holder := self.owner(sha256):
                return holder
            if "decision" in self._read(self._candidate(candidate_id)):
                return candidate_id
        raise StoreError(f"claiming {sha256}: others were claiming it {_ATTEMPTS} times over")

    def claimed_by(self, candidate_id: str) -> str | None:
        """Return what a candidate holds."""
        return min(_claims(self._read(self._candidate(candidate_id))), default=None)

    def commit(self, decision: Decision) -> Decision:
        """Record a decision; the first wins. A rejection frees its claims in the same transaction."""
        with self._lock:
            key = decisions_key(decision.day, self._part)
        for _ in range(_ATTEMPTS):
            item = self._read(self._candidate(decision.candidate))
            if "decision" in item:
                return self._standing(item)
            if self._record(decision, key, () if decision.keep else _claims(item)):
                with self._lock:
                    self._new.setdefault(key, []).append(decision)
                return decision
        raise StoreError(f"committing {decision.candidate}: others wrote it {_ATTEMPTS} times over")

    def flush(self) -> int:
        """Write this batch's object, and the lines that an earlier delivery did not live to write."""
        count = 0
        with self._lock:
            self._part = uuid.uuid4().hex
            while self._new:
                key, decisions = next(iter(self._new.items()))
                if self._store.put(key, log_file(decisions), content_type=CONTENT_TYPE, if_absent=True):
                    count += len(decisions)
                else:
                    self._seen += [(decision, key) for decision in decisions]
                del self._new[key]
            while self._seen:
                count += self._ensure_line(*self._seen[-1])
                self._seen.pop()
        return count

    def redact(self, candidate_id: str) -> None:
        """Forget what was said of a candidate's post; the decision stands."""
        item = self._read(self._candidate(candidate_id))
        if "decision" not in item:
            return
        line = encode_decision(redacted(decode_decision(item["decision"]["S"])))
        with translated(f"writing to table {self._table}"):
            self._client.update_item(
                TableName=self._table,
                Key=self._candidate(candidate_id),
                UpdateExpression="SET decision = :decision",
                ExpressionAttributeValues={":decision": {"S": line}},
            )

    def _standing(self, item: dict[str, AttributeValueTypeDef]) -> Decision:
        decision = decode_decision(item["decision"]["S"])
        with self._lock:
            self._seen.append((decision, item["lines_key"]["S"]))
        return decision

    def _ensure_line(self, decision: Decision, key: str) -> bool:
        """Write a decision's line if its batch has not, and never will."""
        data = self._store.get(key)
        if data is None and self._is_packed(decision):
            return False
        if data is None:
            self._store.put(key, b"", content_type=CONTENT_TYPE, if_absent=True)
            data = self._store.get(key) or b""
        lines = split_lines(data)[:-1]
        if any(decode_decision(line).candidate == decision.candidate for line in lines):
            return False
        own = decisions_key(decision.day, digest(decision.candidate))
        return self._store.put(own, log_file([decision]), content_type=CONTENT_TYPE, if_absent=True)

    def _is_packed(self, decision: Decision) -> bool:
        """Whether a compaction has taken the line into the file of its day."""
        key = packed_key(decision.day)
        lines = file_lines(key, self._store.get(key) or b"")
        return any(found.candidate == decision.candidate for found in map(decode_line, lines) if found)

    def _record(self, decision: Decision, key: str, freed: tuple[str, ...]) -> bool:
        """Write a decision while there is none and exactly these claims are to be freed."""
        values: dict[str, AttributeValueTypeDef] = {
            ":decision": {"S": encode_decision(decision)},
            ":key": {"S": key},
        }
        condition = "attribute_not_exists(decision)"
        update = "SET decision = :decision, lines_key = :key"
        if freed:
            values[":claims"] = {"SS": list(freed)}
            condition += " AND claims = :claims"
            update += " REMOVE claims"
        elif not decision.keep:
            condition += " AND attribute_not_exists(claims)"
        record: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._table,
                "Key": self._candidate(decision.candidate),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeValues": values,
            }
        }
        return self._together([record, *(self._free(sha256, decision.candidate) for sha256 in freed)])

    def _free(self, sha256: str, candidate_id: str) -> TransactWriteItemTypeDef:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": self._claim(sha256),
                "ConditionExpression": "attribute_not_exists(pk) OR holder = :holder",
                "ExpressionAttributeValues": {":holder": {"S": candidate_id}},
            }
        }

    def _together(self, items: list[TransactWriteItemTypeDef]) -> bool:
        """Write all or nothing; False when a condition does not hold or another transaction was faster."""
        with translated(f"writing to table {self._table}"):
            try:
                if len(items) == 1:  # a transaction of one costs double
                    self._client.update_item(**items[0]["Update"])
                else:
                    self._client.transact_write_items(TransactItems=items)
            except ClientError as error:
                if code(error) == "ConditionalCheckFailedException":
                    return False
                if code(error) == "TransactionCanceledException" and _lost_a_race(error):
                    return False
                raise
        return True

    def _read(self, key: dict[str, AttributeValueTypeDef]) -> dict[str, AttributeValueTypeDef]:
        with translated(f"reading table {self._table}"):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item", {})

    def _candidate(self, candidate_id: str) -> dict[str, AttributeValueTypeDef]:
        return {"pk": {"S": f"{self._prefix}c#{digest(candidate_id)}"}}

    def _claim(self, sha256: str) -> dict[str, AttributeValueTypeDef]:
        return {"pk": {"S": f"{self._prefix}s#{sha256}"}}


def _claims(item: dict[str, AttributeValueTypeDef]) -> tuple[str, ...]:
    return tuple(item["claims"]["SS"]) if "claims" in item else ()


def _lost_a_race(error: ClientError) -> bool:
    """Tell whether conditions or conflicts, not a limit or a mistake, cancelled a transaction."""
    reasons = {reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])}
    return bool(reasons) and reasons <= {"None", "ConditionalCheckFailed", "TransactionConflict"}
