"""Entry point of the `srec` command: finds the command, parses, turns errors into messages and exit codes."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from srec_engine.cli.commands import COMMANDS
from srec_engine.cli.exit_codes import FAILED, INTERRUPTED, OK, USAGE
from srec_engine.cli.streams import Streams
from srec_engine.codec.torch_libraries import let_waiting_threads_sleep
from srec_engine.errors import Cancelled

__all__ = ["build_parser", "main"]

_EPILOG = """\
exit codes:
  0    everything was done
  1    at least one file failed; the others were finished (or what was said could not be written)
  2    the command line was wrong; nothing was done
  130  stopped by Ctrl+C; no partial file is left behind

"srec COMMAND --help" describes a command.
"""


def _program_version() -> str:
    try:
        return version("srec-desktop")
    except PackageNotFoundError:
        return "not installed (running from the source tree)"


def build_parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """The parser of the whole command line.

    Args:
        chosen: The command whose arguments are wanted; the modules of the others are not imported.
    """
    parser = argparse.ArgumentParser(
        prog="srec",
        description="Lossless image compression with a learned codec.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"srec {_program_version()}")
    parser.add_argument("--verbose", action="store_true", help="say on standard error what is being done, in detail")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(
            name,
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == chosen:
            module = command.load()
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    return parser


def _chosen_command(arguments: Sequence[str]) -> str | None:
    """The first word that is not an option: options before the command take no values."""
    return next((word for word in arguments if not word.startswith("-")), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: Without the program's name; None takes those of the process.
    """
    let_waiting_threads_sleep()  # before a command's module imports torch
    with Streams() as streams:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        # What was to be done is done, but whoever relies on what was said of it must not take it for complete.
        return FAILED if code == OK and streams.lost else code


def _run(words: list[str]) -> int:
    """Parse and do; the boundary behind which no exception of any library reaches the person as a traceback."""
    try:
        parsed = build_parser(_chosen_command(words)).parse_args(words)
        if parsed.verbose:
            logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
        return int(parsed.run(parsed))
    except (KeyboardInterrupt, Cancelled):
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except argparse.ArgumentTypeError as error:
        print(f"srec: error: {error}", file=sys.stderr)
        return USAGE
    except (SystemExit, GeneratorExit):
        raise
    # Not only Exception: libraries that are written in Rust raise what is none (PanicException).
    except BaseException as error:  # noqa: BLE001
        from srec_engine.files.faults import fault_sentence

        print(f"srec: {fault_sentence(error)}", file=sys.stderr)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
