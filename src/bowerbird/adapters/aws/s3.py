"""The object store in an S3 bucket, or in anything that speaks S3 with conditional writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from bowerbird.adapters.aws.failures import code, status, translated
from bowerbird.core.errors import StoreError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NOT_FOUND: Final = 404
_PRECONDITION_FAILED: Final = 412
# "409 Conflict: upload the object again": a writer of the same key was under way.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
_CONFLICT: Final = 409
_ATTEMPTS: Final = 5


class S3Store:
    """Objects under `prefix` of one bucket; versions are ETags.

    In a bucket that keeps old versions, `delete` hides an object until the bucket's own rules remove it. With
    `forget`, all its versions are gone at once. That needs `s3:ListBucketVersions` and
    `s3:DeleteObjectVersion`.

    The client's role needs `s3:ListBucket`. Without it, S3 answers 403 instead of 404 for an object that is
    not there (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
    """

    def __init__(self, client: S3Client, bucket: str, prefix: str = "", *, forget: bool = False) -> None:
        self._client = client
        self._forget = forget
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @property
    def prefix(self) -> str:
        """What every key in the bucket begins with: nothing, or a folder's name and a slash."""
        return self._prefix

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        """Write an object; with `if_absent` S3 itself lets one of several writers win."""
        return self._write(key, data, content_type, {"IfNoneMatch": "*"} if if_absent else {})

    def get(self, key: str) -> bytes | None:
        """Read an object."""
        found = self.get_versioned(key)
        return None if found is None else found[0]

    def get_versioned(self, key: str) -> tuple[bytes, str] | None:
        """Read an object with its ETag."""
        with translated(f"reading {self._name(key)}"):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            except ClientError as error:
                if code(error) == "NoSuchKey":
                    return None
                raise
            return answer["Body"].read(), answer["ETag"]

    def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
        """Write only over the version that was read."""
        condition = {"IfNoneMatch": "*"} if version is None else {"IfMatch": version}
        return self._write(key, data, content_type, condition)

    def exists(self, key: str) -> bool:
        """Ask without reading."""
        with translated(f"looking for {self._name(key)}"):
            try:
                self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
            except ClientError as error:
                if status(error) == _NOT_FOUND and code(error) != "NoSuchBucket":
                    return False
                raise
            return True

    def keys(self, prefix: str) -> Iterator[str]:
        """List, a thousand keys a request, in S3's own order, which is that of the UTF-8 bytes."""
        with translated(f"listing {self._name(prefix)}"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for found in page.get("Contents", []):
                    yield found["Key"].removeprefix(self._prefix)

    def delete(self, key: str) -> None:
        """Remove an object; S3 does not mind when there is none."""
        with translated(f"deleting {self._name(key)}"):
            answer = self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)
            # Only a bucket that keeps versions answers so.
            if self._forget and answer.get("DeleteMarker"):
                self._delete_versions(self._prefix + key)

    def _delete_versions(self, name: str) -> None:
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=name)
        for page in pages:
            for found in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                if found["Key"] == name:  # the prefix of one name may begin others
                    self._client.delete_object(Bucket=self._bucket, Key=name, VersionId=found["VersionId"])

    def _write(self, key: str, data: bytes, content_type: str, condition: dict[str, str]) -> bool:
        """Put under a condition; False when it does not hold."""
        for _ in range(_ATTEMPTS):
            with translated(f"writing {self._name(key)}"):
                try:
                    self._client.put_object(
                        Bucket=self._bucket,
                        Key=self._prefix + key,
                        Body=data,
                        ContentType=content_type,
                        **condition,  # type: ignore[arg-type] # two optional headers, one of them
                    )
                except ClientError as error:
                    # 404 on If-Match: the object was deleted since it was read.
                    if status(error) == _PRECONDITION_FAILED or code(error) == "NoSuchKey":
                        return False
                    if status(error) == _CONFLICT:
                        continue
                    raise
                return True
        raise StoreError(f"writing {self._name(key)}: others were writing it {_ATTEMPTS} times over")

    def _name(self, key: str) -> str:
        return f"s3://{self._bucket}/{self._prefix}{key}"
