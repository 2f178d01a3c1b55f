"""The index of likenesses in the ledger's table: seven bands of the coarse print, and an item for each value.

When two coarse prints differ in up to 6 of 64 bits, at least one of seven bands is the same in both. So an
entry stands in seven items, one for each of its bands, and a look-up reads these seven.

Items, by `pk`: `l#<half a sha256 of the image's key>` is an entry; `lb#<band>#<its bits>` lists the entries
that have these bits, in `entries`, each as its coarse print and that half (24 bytes); `lc#<sha256 of the
candidate id>` names a candidate's `images`. Before each `pk` stands the prefix of the taste's place, as in
the ledger. docs/decisions/0008-likenesses-in-the-table.md says why.

Of two alike pictures that are entered at once, exactly one sees the other. Each adds itself to its seven
items, and each addition answers with what stood there just before. The first band that both share decides:
whoever came there second sees the other, and what the later bands say of this pair does not count. The entry
itself is written before the bands, so whoever finds it in a band can read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from bowerbird.adapters.aws.failures import code, translated
from bowerbird.core.errors import StoreError
from bowerbird.core.keys import digest
from bowerbird.core.likeness import COARSE_BITS, Likeness

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_BANDS: Final = COARSE_BITS + 1
# Where each band begins; they have 9 or 10 bits.
_EDGES: Final = tuple(64 * band // _BANDS for band in range(_BANDS + 1))
_COARSE_BYTES: Final = 8
_NAME_BYTES: Final = 16
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_BATCH: Final = 100
_ATTEMPTS: Final = 5

_Key = dict[str, "AttributeValueTypeDef"]


class DynamoLikenesses:
    """Holds the likenesses of one place; threads and functions share them.

    `near` may miss what was entered within the last second, which costs half as much; `enter` misses nothing.
    """

    def __init__(self, client: DynamoDBClient, table: str, prefix: str = "") -> None:
        self._client = client
        self._table = table
        self._prefix = prefix

    def near(self, likeness: Likeness) -> list[Likeness]:
        """Look up."""
        items = self._read([self._band(likeness, band) for band in range(_BANDS)], consistent=False)
        return self._alike(likeness, {each for item in items for each in _entries(item)})

    def enter(self, likeness: Likeness) -> list[Likeness]:
        """Look up and add."""
        before = self._entry(likeness.image)
        if before is not None and before != likeness:
            self._take_out(before)
        self._change(self._candidate(likeness.candidate), "ADD images :it", {"SS": [likeness.image]})
        with translated(f"writing to table {self._table}"):
            self._client.put_item(TableName=self._table, Item=self._item(likeness))
        found = set()
        for band in range(_BANDS):
            there = self._change(self._band(likeness, band), "ADD entries :it", {"BS": [_listed(likeness)]})
            found |= {
                each for each in _entries(there) if _first_shared(likeness.coarse, _coarse(each)) == band
            }
        return self._alike(likeness, found)

    def holds(self, image: str) -> bool:
        """Tell whether the picture is in."""
        return self._entry(image) is not None

    def remove(self, image: str) -> None:
        """Take a picture out."""
        entry = self._entry(image)
        if entry is not None:
            self._take_out(entry)

    def forget(self, candidate_id: str) -> None:
        """Take a candidate's pictures out; most have none, and then nothing is written."""
        for item in self._read([self._candidate(candidate_id)], consistent=True):
            for image in item.get("images", {}).get("SS", ()):
                self.remove(image)

    def _take_out(self, entry: Likeness) -> None:
        """The entry goes last, so that whoever is stopped before can do it again."""
        for band in range(_BANDS):
            self._change(self._band(entry, band), "DELETE entries :it", {"BS": [_listed(entry)]})
        self._change(self._candidate(entry.candidate), "DELETE images :it", {"SS": [entry.image]})
        self._delete(self._candidate(entry.candidate), "attribute_not_exists(images)")
        self._delete(self._image(entry.image), "attribute_exists(pk)")

    def _alike(self, likeness: Likeness, listed: Iterable[bytes]) -> list[Likeness]:
        """Read what is near by the coarse prints, and return what shows the same picture."""
        near = [
            self._named(each)
            for each in sorted(listed)
            if (_coarse(each) ^ likeness.coarse).bit_count() <= COARSE_BITS
        ]
        others = map(_likeness, self._read(near, consistent=True))
        return [each for each in others if each.image != likeness.image and likeness.alike(each)]

    def _entry(self, image: str) -> Likeness | None:
        return next(map(_likeness, self._read([self._image(image)], consistent=True)), None)

    def _read(self, keys: Sequence[_Key], *, consistent: bool) -> list[_Key]:
        found: list[_Key] = []
        left, attempts = list(keys), _ATTEMPTS + len(keys) // _BATCH
        while left:
            if attempts == 0:
                raise StoreError(f"reading table {self._table}: AWS is busy, it is tried again later")
            asked, left, attempts = left[:_BATCH], left[_BATCH:], attempts - 1
            with translated(f"reading table {self._table}"):
                answer = self._client.batch_get_item(
                    RequestItems={self._table: {"Keys": asked, "ConsistentRead": consistent}}
                )
            found += answer["Responses"].get(self._table, [])
            if self._table in answer["UnprocessedKeys"]:
                left += answer["UnprocessedKeys"][self._table]["Keys"]
        return found

    def _change(self, key: _Key, update: str, it: AttributeValueTypeDef) -> _Key:
        """Change a set in one step; returns the item as it was just before."""
        with translated(f"writing to table {self._table}"):
            answer = self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression=update,
                ExpressionAttributeValues={":it": it},
                ReturnValues="ALL_OLD",
            )
        return answer.get("Attributes", {})

    def _delete(self, key: _Key, condition: str) -> None:
        with translated(f"writing to table {self._table}"):
            try:
                self._client.delete_item(TableName=self._table, Key=key, ConditionExpression=condition)
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise

    def _band(self, likeness: Likeness, band: int) -> _Key:
        return self._key(f"lb#{band}#{_bits(likeness.coarse, band)}")

    def _candidate(self, candidate_id: str) -> _Key:
        return self._key(f"lc#{digest(candidate_id)}")

    def _image(self, image: str) -> _Key:
        return self._key(f"l#{digest(image)[: 2 * _NAME_BYTES]}")

    def _named(self, listed: bytes) -> _Key:
        return self._key(f"l#{listed[_COARSE_BYTES:].hex()}")

    def _key(self, name: str) -> _Key:
        return {"pk": {"S": f"{self._prefix}{name}"}}

    def _item(self, likeness: Likeness) -> _Key:
        return {
            **self._image(likeness.image),
            "image": {"S": likeness.image},
            "candidate": {"S": likeness.candidate},
            "coarse": {"B": likeness.coarse.to_bytes(_COARSE_BYTES)},
            "fine": {"B": likeness.fine},
        }


def _bits(coarse: int, band: int) -> int:
    low, high = _EDGES[band], _EDGES[band + 1]
    return coarse >> low & (1 << high - low) - 1


def _first_shared(one: int, other: int) -> int | None:
    return next((band for band in range(_BANDS) if _bits(one, band) == _bits(other, band)), None)


def _listed(likeness: Likeness) -> bytes:
    """An entry, as bands list it."""
    return likeness.coarse.to_bytes(_COARSE_BYTES) + bytes.fromhex(digest(likeness.image))[:_NAME_BYTES]


def _coarse(listed: bytes) -> int:
    return int.from_bytes(listed[:_COARSE_BYTES])


def _entries(item: _Key) -> list[bytes]:
    return [bytes(each) for each in item.get("entries", {}).get("BS", ())]


def _likeness(item: _Key) -> Likeness:
    coarse, fine = (bytes(item[name]["B"]) for name in ("coarse", "fine"))
    return Likeness(item["image"]["S"], item["candidate"]["S"], int.from_bytes(coarse), fine)
