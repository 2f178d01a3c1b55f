"""The `bowerbird` command. Each module of `bowerbird.cli` adds one subcommand."""

from __future__ import annotations

import argparse
import logging
import pkgutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from io import TextIOWrapper

from bowerbird import __version__, cli
from bowerbird.adapters.terminal.hang_up import outlive_terminal, silence
from bowerbird.adapters.terminal.lines import PlainFormatter, shown
from bowerbird.adapters.terminal.parser import Commands, Parser
from bowerbird.core.errors import BowerbirdError, SourceBlockedError, SourceUnreachableError, UsageError
from bowerbird.core.extras import told_if_missing
from bowerbird.core.whole import advice

OK, FAILED, WRONG_USAGE, NO_SOURCE, INTERRUPTED = 0, 1, 2, 3, 130


def build_parser() -> argparse.ArgumentParser:
    """Make the parser of the whole command line. A new file in this folder needs no other change.

    This imports all those files. So each imports what it works with in `run`, and not before.
    """
    parser = Parser(
        prog="bowerbird",
        description="Grows a picture collection by itself.",
        epilog="A bundle knows what you love: lite comes along, and `train` makes yours. A place is the "
        "folder or bucket that `mine` writes to. A source is a site or a feed that it reads. Begin with "
        "`bowerbird init`. Each command explains itself with --help.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"bowerbird {__version__}")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="also log what happens, on standard error"
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", action=Commands)
    for module in pkgutil.iter_modules(cli.__path__):
        if module.name != "main":
            import_module(f"{cli.__name__}.{module.name}").register(subparsers)
    for command in subparsers.choices.values():
        if command.get_default("configured"):
            command.add_argument(
                "--config",
                metavar="FILE",
                help="the configuration (default: bowerbird.toml)",
            )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 ok, 1 failed, 2 wrong usage, 3 source blocked or unreachable."""
    args = build_parser().parse_args(argv)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has every letter
    outlive_terminal()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO if args.verbose else logging.WARNING, handlers=[handler])
    # A gateway is one host in place of all the world's, so urllib3's warnings of busy pools mean nothing.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    # It warns that it looks for fonts, once on each machine.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    try:
        with told_if_missing(), _configured(args):
            status = int(args.run(args))
        sys.stdout.flush()  # now, while we can still tell the owner that the disk is full
    except BowerbirdError as error:
        return _complain(error, _status(error))
    except BrokenPipeError:
        # `bowerbird candidates … | head`: the reader has enough. Stop Python's own complaint at exit.
        sys.stderr.close()
        return OK
    except OSError as error:
        return _disk_fails(error)
    except KeyboardInterrupt:
        return _interrupted()
    except ImportError as error:
        # A library in C that Ctrl-C meets while it is loaded fails to load, because of the interrupt.
        if not isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise
        return _interrupted()
    return status


@contextmanager
def _configured(args: argparse.Namespace) -> Iterator[None]:
    """Read the configuration, if there is one, and complete the environment, for a command that wants them.

    `args.configuration` is None without one.
    """
    if not getattr(args, "configured", False):
        yield
        return
    from bowerbird.config import settings

    path = settings.find(args.config)
    with settings.completed(path.parent if path else None):
        args.configuration = None
        if path:
            from bowerbird.config.reading import read

            args.configuration = read(path)
            settings.add(args.configuration.config.variables())
        yield


def _interrupted() -> int:
    """End as a program that Ctrl-C ends: at once, whatever a thread still waits for."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.raise_signal(signal.SIGINT)
    return INTERRUPTED


def _status(error: BowerbirdError) -> int:
    if isinstance(error, UsageError):
        return WRONG_USAGE
    return NO_SOURCE if isinstance(error, SourceBlockedError | SourceUnreachableError) else FAILED


def _disk_fails(error: OSError) -> int:
    """Explain a disk error. If it names no file, our own output failed: `bowerbird candidates … > FILE`."""
    if error.filename is None:
        with suppress(OSError, ValueError):  # the rest of its buffer would fail again at exit
            silence(sys.stdout.fileno())
    return _complain(Exception(f"{error.filename or 'standard output'}: {advice(error)}"), FAILED)


def _complain(error: Exception, status: int) -> int:
    print(f"bowerbird: {shown(error)}", file=sys.stderr)
    return status


if (
    __name__ == "__main__"
):  # `python -m bowerbird.cli.main`, where no script is installed: infra/home/Containerfile
    sys.exit(main())
