"""Breaks qa on purpose, and counts what it survives.

    python -m tests.hardening [--short] [--only NAME,…] [--seed N] [--count N] [--work FOLDER]

Each harness prints a table of what it tried, and a line for each failure with the seed that
reproduces it. Exit code: 0 if nothing failed, 1 if something did.
"""

import argparse
import importlib
import sys
import tempfile
import traceback
from pathlib import Path
from types import ModuleType

from .tally import Tally, table, told

HARNESSES = ("kill", "faults", "corruption", "concurrency", "fuzz", "terminal", "web")
"""Modules of this package, each with ``run(work, count, seed)`` and the counts SHORT and LONG."""


def main() -> None:
    """Run the chosen harnesses and report after each."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.hardening", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", type=_names, default=HARNESSES, metavar=",".join(HARNESSES))
    parser.add_argument("--short", action="store_true", help="few tries, as in the tests")
    parser.add_argument("--seed", type=int, default=1, help="first random seed")
    parser.add_argument("--count", type=int, help="number of tries, instead of the default")
    parser.add_argument("--work", type=Path, help="folder to work in; it is kept")
    given = parser.parse_args()
    tallies = []
    with tempfile.TemporaryDirectory(prefix="qa-hardening-") as temporary:
        for name in given.only:
            module = _module(name)
            if module is None:
                print(f"{name}: this harness does not exist yet\n", flush=True)
                continue
            work = (given.work or Path(temporary)).absolute() / name
            work.mkdir(parents=True, exist_ok=True)
            count = given.count or (module.SHORT if given.short else module.LONG)
            print(f"{name} …", flush=True)
            tally = _run(module, work, count, given.seed)
            tallies.append(tally)
            print("\n".join([table([tally]), *told(tally)]) + "\n", flush=True)
    if len(tallies) > 1:
        print(table(tallies), flush=True)
    sys.exit(1 if any(tally.failures for tally in tallies) else 0)


def _run(module: ModuleType, work: Path, count: int, seed: int) -> Tally:
    """Run a harness. If it breaks itself, that is a failure, and the others still run."""
    try:
        tally: Tally = module.run(work, count, seed)
    except Exception as error:
        traceback.print_exc()
        name = module.__name__.rpartition(".")[2]
        return Tally(name, failures=[f"the harness itself failed: {error!r} (seed {seed})"])
    return tally


def _module(name: str) -> ModuleType | None:
    """Return the module of a harness; None if it does not exist yet."""
    full = f"{__package__}.{name}"
    try:
        return importlib.import_module(full)
    except ModuleNotFoundError as error:
        if error.name != full:
            raise
        return None


def _names(text: str) -> list[str]:
    wanted = text.split(",")
    if unknown := [name for name in wanted if name not in HARNESSES]:
        raise argparse.ArgumentTypeError(f"{unknown[0]} is not one of {', '.join(HARNESSES)}")
    return [name for name in HARNESSES if name in wanted]


if __name__ == "__main__":
    main()
