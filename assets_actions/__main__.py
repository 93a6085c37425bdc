"""The command line; the only place that exits."""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from assets_actions import __version__, runner
from assets_actions.commands import ACTIONS, COMMANDS, module_name
from assets_actions.errors import ExitCode, UserError
from assets_actions.report.text import visible, without_logins


def main() -> None:
    """Run one command and exit with its code."""
    # Plugins of pydantic's, from whatever else is installed, cost time at each start and have no business here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # What a run makes lives as long as the run; looking for garbage in it would take a third of its time.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    code = _guarded(sys.argv[1:])
    # Python would now take apart all that was read, object by object: a fifth of the run, for a process that goes away.
    os._exit(code)


def run(arguments: Sequence[str]) -> ExitCode:
    """Run the command that the arguments, or the inputs of an action, name; returns its exit code. Raises UserError."""
    given = runner.inputs()
    command = arguments[0] if arguments else (given or {}).pop("command", "").strip()
    if command not in (COMMANDS if given is None else ACTIONS):
        if given is not None:
            raise UserError(
                f"there is no command `{command}`", fix=f"the input `command` is one of {', '.join(ACTIONS)}"
            )
        _main_parser().parse_args(arguments or ["--help"])
    from assets_actions.commands.arguments import from_action, from_flags
    from assets_actions.commands.base import check_output, emit

    module = importlib.import_module(module_name(command))
    if given is not None:
        runner.mask_secrets()
        inputs = from_action(module.Inputs, given)
    else:
        inputs = from_flags(module.Inputs, vars(_command_parser(command, module).parse_args(arguments[1:])))
    check_output(inputs)
    outcome = module.run(inputs)
    emit(outcome, inputs)
    code: ExitCode = outcome.exit_code
    return code


def _main_parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    parser = argparse.ArgumentParser(
        "assets-actions",
        "assets-actions COMMAND [options]",
        "Release automation for Git repositories of versioned ML assets.",
        "\n".join(
            [
                "commands:",
                *(f"  {name:<{width}}  {what}" for name, what in COMMANDS.items()),
                "",
                "`assets-actions COMMAND --help` tells more; `assets-actions demo` shows it all at work.",
            ]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"assets-actions {__version__}")
    parser.add_argument("command", choices=list(COMMANDS), metavar="COMMAND", help=argparse.SUPPRESS)
    return parser


def _command_parser(command: str, module: ModuleType) -> argparse.ArgumentParser:
    from assets_actions.commands.arguments import add_arguments

    description, _, examples = (module.__doc__ or "").partition("\nexamples:")
    parser = argparse.ArgumentParser(
        f"assets-actions {command}",
        description=description,
        epilog=f"examples:{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_arguments(parser, module.Inputs)
    return parser


def _guarded(arguments: Sequence[str]) -> ExitCode:
    try:
        code = run(arguments)
        sys.stdout.flush()
        return code
    except UserError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except OSError as error:
        return _refuse(UserError(error.strerror or str(error), os.fsdecode(error.filename or "") or None))
    except Exception as error:  # noqa: BLE001 (the last stop: whatever comes here is our bug)
        return _confess(error)


def _refuse(error: UserError) -> ExitCode:
    _complain(f"error: {error.where}: {error.message}" if error.where else f"error: {error.message}", error.fix)
    return ExitCode.USAGE


def _confess(error: Exception) -> ExitCode:
    _complain(f"internal error in assets-actions (a bug of ours): {type(error).__name__}: {error}")
    import platform
    import traceback

    trace = "".join(traceback.format_exception(error))
    versions = f"assets-actions {__version__}, Python {platform.python_version()}, {platform.platform()}"
    print(_quoted(f"{trace}{versions}"), file=sys.stderr)
    return ExitCode.OUR_BUG


def _complain(text: str, fix: str | None = None) -> None:
    first, _, more = without_logins(text).partition("\n")
    lines = [
        visible(first),
        *([_quoted(more)] if more else []),
        *([f"  fix: {visible(without_logins(fix))}"] if fix else []),
    ]
    print("\n".join(lines), file=sys.stderr)
    if runner.is_runner():
        runner.error("\n".join(lines))


def _quoted(text: str) -> str:
    """Lines on which no terminal acts, nor a workflow run, which takes `::commands` in a log even after white space."""
    return "\n".join(f"  | {visible(line)}" for line in text.splitlines())


if __name__ == "__main__":
    main()
