"""Kills qa at random moments and at chosen system calls; the library must survive.

A command or a conversation is killed; it runs with fake models. After it the library must be
undamaged, its indexes must match it, and it must answer from its content. The next run must give it
the content of an uninterrupted library of the same files.
"""

import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import tracing
from .ground import OPERATIONS, Ground, Plan
from .processes import EXACT, SKETCHED, Ended, Processes
from .tally import Tally, timed

SHORT = 20
LONG = 300

AT_CALLS = 0.4
"""Share of kills at a system call, if strace is available."""

LATEST = 1.1
"""Latest time of a kill, as a multiple of the uninterrupted time."""


@dataclass(slots=True)
class _Rehearsed:
    """What is known about an operation from running it without interruption."""

    seconds: float
    """How long it takes."""
    calls: list[tracing.Call] = field(default_factory=list)
    """Its calls that change the library."""


def run(work: Path, count: int, seed: int) -> Tally:
    """Kill ``count`` times; each try has its own seed, starting with ``seed``."""
    return timed(lambda: _run(work, count, seed))


def _run(work: Path, count: int, seed: int) -> Tally:
    tally = Tally("kill")
    with Processes(work) as processes:
        ground = Ground(work, processes)
        reason = tracing.why_not(processes, work)
        if reason:
            tally.notes.append(f"no kills at system calls: {reason}")
        rehearsed: dict[str, _Rehearsed] = {}
        interrupted = 0
        for number in range(seed, seed + count):
            chance = random.Random(number)
            name = OPERATIONS[number % len(OPERATIONS)]
            rows = chance.choice((EXACT, SKETCHED))
            if name not in rehearsed:
                rehearsed[name] = _rehearse(ground, work, name, not reason)
            plan = ground.plan(name, chance)
            at_call = not reason and chance.random() < AT_CALLS
            disturb = _at_a_call if at_call else _at_a_moment
            moment, done = disturb(ground, work, plan, rehearsed[name], chance, rows)
            interrupted += done.status == -signal.SIGKILL
            wrong = ground.check(plan, done, rows)
            if done.status not in (0, -signal.SIGKILL):
                wrong = f"it ended without the kill, with exit {done.status}: {done.err[-200:]}"
            repeat = f"(--only kill --seed {number} --count 1; killed {moment}, {rows} rows)"
            tally.count(name, f"{wrong} {repeat}" if wrong else "")
    tally.notes.append(f"{interrupted} of {count} kills came before the end")
    return tally


def _rehearse(ground: Ground, work: Path, name: str, may_trace: bool) -> _Rehearsed:
    """Run an operation twice without interruption: once for its time, once for its calls."""
    plan = ground.plan(name, random.Random(0))
    started = time.monotonic()
    ground.processes.run(plan.job, plan.values)
    found = _Rehearsed(time.monotonic() - started)
    if may_trace:
        plan = ground.plan(name, random.Random(0))
        calls = tracing.calls_on(ground.processes, work, plan.job, plan.values, [ground.library])
        found.calls = [call for call in calls if call.changes]
    return found


def _at_a_moment(
    ground: Ground, work: Path, plan: Plan, known: _Rehearsed, chance: random.Random, rows: int
) -> tuple[str, Ended]:
    """Kill after a random time; return when, and the end of the process."""
    delay = chance.uniform(0, LATEST * known.seconds)
    started = time.monotonic()
    ground.processes.start(plan.job, plan.values, rows=rows)
    time.sleep(max(0.0, started + delay - time.monotonic()))
    ground.processes.kill()
    done = ground.processes.end()
    return f"after {delay * 1000:.0f} ms", done


def _at_a_call(
    ground: Ground, work: Path, plan: Plan, known: _Rehearsed, chance: random.Random, rows: int
) -> tuple[str, Ended]:
    """Kill at a system call on the library; return which, and the end of the process."""
    call = tracing.chosen(known.calls, chance)
    expressions = [
        f"trace={call.name}",
        f"inject={call.name}:signal=SIGKILL:when={call.place}",
    ]
    done, _ = tracing.run(ground.processes, work, plan.job, plan.values, expressions, rows=rows)
    return f"at {call.name} {call.place}", done
