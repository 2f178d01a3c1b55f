"""The process that decodes what strangers send; `bowerbird.imaging.isolated` starts it and ends it.

    python -m bowerbird.imaging.worker MEMORY_BYTES SECONDS

It reads requests on stdin and answers on stdout until stdin closes. A picture that needs more memory than it
may have, or more time, ends this process and nothing else.
"""

from __future__ import annotations

import sys
import warnings
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any, Final

from bowerbird.core.errors import PermanentError
from bowerbird.core.process_limits import allow_cpu, forbid
from bowerbird.core.reasons import Word
from bowerbird.imaging.exchange import receive, send
from bowerbird.imaging.header import inspect
from bowerbird.imaging.pixels import UNFINISHED, read

# A message that is larger did not come from our fetchers.
_MAX_BODY: Final = 1 << 30


def main() -> None:
    """Answer until stdin closes."""
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    warnings.simplefilter("ignore")  # Pillow's, about damaged metadata; nobody reads them here
    forbid(memory)
    with suppress(EOFError, BrokenPipeError):
        while True:
            _answer(sys.stdin.buffer, sys.stdout.buffer, seconds)


def _answer(requests: IO[bytes], answers: IO[bytes], seconds: float) -> None:
    head, data = receive(requests, max_body=_MAX_BODY)
    allow_cpu(seconds)
    body = b""
    answer: dict[str, Any]
    try:
        if head["do"] == "inspect":
            answer = {"info": asdict(inspect(data))}
        else:
            info, image = read(data, min_side=head["min_side"])
            answer = {"info": asdict(info), "size": image.size, UNFINISHED: UNFINISHED in image.info}
            body = image.tobytes()
    except PermanentError as error:
        answer = {"error": error.detail, "word": error.word}
    except MemoryError:
        answer = {"error": "the decoder ran out of memory", "word": Word.MEMORY}
    send(answers, answer, body)


if __name__ == "__main__":
    main()
