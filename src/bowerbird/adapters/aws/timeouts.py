"""Sets how long Bowerbird waits for AWS."""

from __future__ import annotations

from typing import Final

from botocore.config import Config

#: For every client. With these limits, an operation fails within about a minute. botocore's own are 60 s and
#: five attempts. With those, a service that accepts connections and says nothing would outlast the filter
#: function and the embedded queue's visibility timeout, 300 s each, and its silence would count against
#: candidates.
#: https://docs.aws.amazon.com/boto3/latest/guide/retries.html
TIMEOUTS: Final = Config(
    connect_timeout=10, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)
