"""Makes chosen system calls fail: no space left, an input/output error, a read-only disk.

strace makes the calls fail, in commands that run with fake models. No command may end with a
traceback, or with exit code 1, which means that the articles have no answer. After it the library
must be undamaged, and the next run must complete.
"""

import random
from pathlib import Path

from . import tracing
from .ground import KEPT_NUMBERS, Ground, Plan, question_about, wrong_answer
from .processes import EXACT, SKETCHED, Ended, Processes, last_line
from .tally import Tally, timed

SHORT = 6
LONG = 60

COMMANDS = ("index", "ask", "prune", "first", "rm", "ask PATH", "reembed", "talk", "migrate")
"""The commands in which a call fails."""

SPACE = frozenset(
    {"write", "writev", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate"}
    | {"openat", "mkdir", "mkdirat", "link", "linkat", "rename", "renameat", "renameat2"}
)
"""Calls that fail on a full disk."""

READ_ONLY = frozenset(
    {"openat", "mkdir", "mkdirat", "link", "linkat", "unlink", "unlinkat"}
    | {"rename", "renameat", "renameat2"}
)
"""Calls that fail on a disk that has become read-only."""

LASTING = 0.4
"""Share of faults that last: all later calls of that name in the thread fail too."""


def run(work: Path, count: int, seed: int) -> Tally:
    """Make ``count`` calls fail; each try has its own seed, starting with ``seed``."""
    return timed(lambda: _run(work, count, seed))


def _run(work: Path, count: int, seed: int) -> Tally:
    tally = Tally("faults")
    with Processes(work) as processes:
        if reason := tracing.why_not(processes, work):
            tally.notes.append(f"skipped: {reason}")
            return tally
        ground = Ground(work, processes)
        known: dict[str, list[tracing.Call]] = {}
        unnamed: dict[str, list[str]] = {}
        for number in range(seed, seed + count):
            chance = random.Random(number)
            name = COMMANDS[number % len(COMMANDS)]
            rows = chance.choice((EXACT, SKETCHED))
            if name not in known:
                known[name] = _calls(ground, work, name)
            call = tracing.chosen(known[name], chance)
            error = chance.choice(_errors(call))
            # write also prints to the terminal, which a full disk does not affect.
            lasts = call.name != "write" and chance.random() < LASTING
            fault = f"{call.name}:error={error}:when={call.place}{'+' * lasts}"
            plan = _plan(ground, name, chance)
            done, _ = tracing.run(
                processes,
                work,
                plan.job,
                plan.values,
                [f"trace={call.name}", f"inject={fault}"],
                rows=rows,
            )
            if "QA_DEBUG=1" in done.err:
                said = last_line(done.err)
                unnamed.setdefault(said.split(":")[1].strip(), []).append(said)
            wrong = _wrong_end(plan, done) or ground.check(plan, done, rows)
            repeat = f"({name}, {fault}; --only faults --seed {number} --count 1)"
            tally.count(f"{error} at {call.name}", f"{wrong} {repeat}" if wrong else "")
        for name, errors in unnamed.items():
            tally.notes.append(f"{len(errors)} × a plain {name}, such as: {errors[0]}")
    return tally


def _calls(ground: Ground, work: Path, name: str) -> list[tracing.Call]:
    """Return the calls of a command on the library and the articles that can fail."""
    plan = _plan(ground, name, random.Random(0))
    folders = [ground.library, ground.articles]
    return tracing.calls_on(ground.processes, work, plan.job, plan.values, folders)


def _errors(call: tracing.Call) -> list[str]:
    """Return the errors that a call can have."""
    errors = ["EIO"]
    if call.changes and call.name in SPACE:
        errors.append("ENOSPC")
    if call.changes and call.name in READ_ONLY:
        errors.append("EROFS")
    return errors


def _plan(ground: Ground, name: str, chance: random.Random) -> Plan:
    """Return the plan of a command: one of `Ground`, or a question."""
    if not name.startswith("ask"):
        return ground.plan(name, chance)
    question = question_about(KEPT_NUMBERS[2])
    words = ["ask", question, "--json", "--quiet"]
    if name == "ask PATH":
        plan = ground.plan("index", chance)
        plan.values = {"words": ground.words(*words, str(ground.articles))}
    else:
        plan = ground.plan("rm", chance)
        plan.values = {"words": ground.words(*words)}
        ground.forget_full_text()
    return plan


def _wrong_end(plan: Plan, done: Ended) -> str:
    """Return what is wrong with the end of a command in which a call failed."""
    if done.fault:
        return done.fault
    if done.status not in (0, 2):
        return f"exit {done.status}: {last_line(done.err)}"
    if done.status and not done.err.strip():
        return f"exit {done.status} without a message"
    words = plan.values.get("words", [""])
    if done.status == 0 and words[0] == "ask":
        digests = {row[6] for each in (plan.before, plan.after) for row in each["articles"]}
        return wrong_answer(done, KEPT_NUMBERS[2], digests)
    return ""
