"""Ends qa at random moments, and at chosen system calls; each time the library must be whole.

What is killed is one command, or a conversation, with doubles in place of the models. After it the
library must be sound, with its indexes in step; it must answer from what it held; and the next run
must bring it to what an undisturbed library of the same files holds.
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
"""Share of the kills that come at a system call, where strace can be had."""

LATEST = 1.1
"""Until when a kill comes, in terms of the time that the same takes undisturbed."""


@dataclass(slots=True)
class _Rehearsed:
    """What is known of an operation from doing it once, and from all that ended by themselves."""

    seconds: float
    """How long it takes."""
    calls: list[tracing.Call] = field(default_factory=list)
    """The calls it makes on the library."""


def run(work: Path, count: int, seed: int) -> Tally:
    """Kill that many times; each try has a seed of its own, the first ``seed``."""
    return timed(lambda: _run(work, count, seed))


def _run(work: Path, count: int, seed: int) -> Tally:
    tally = Tally("kill")
    with Processes(work) as processes:
        ground = Ground(work, processes)
        reason = tracing.why_not(processes, work)
        if reason:
            tally.notes.append(f"none came at a chosen system call: {reason}")
        rehearsed: dict[str, _Rehearsed] = {}
        amid = 0
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
            amid += done.status == -signal.SIGKILL
            wrong = ground.check(plan, done, rows)
            if done.status not in (0, -signal.SIGKILL):
                wrong = f"it ended by itself with exit {done.status}: {done.err[-200:]}"
            repeat = f"(--only kill --seed {number} --count 1; killed {moment}, {rows} rows)"
            tally.count(name, f"{wrong} {repeat}" if wrong else "")
    tally.notes.append(f"{amid} of {count} kills came before the end")
    return tally


def _rehearse(ground: Ground, work: Path, name: str, may_trace: bool) -> _Rehearsed:
    """Do an operation twice without a fault: once for its time, once for its calls."""
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
    """Kill after a random time; return when, and how it ended."""
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
    """Kill at a system call on the library; return which, and how it ended."""
    call = tracing.chosen(known.calls, chance)
    expressions = [
        f"trace={call.name}",
        f"inject={call.name}:signal=SIGKILL:when={call.place}",
    ]
    done, _ = tracing.run(ground.processes, work, plan.job, plan.values, expressions, rows=rows)
    return f"at {call.name} {call.place}", done
