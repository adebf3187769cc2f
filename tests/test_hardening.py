"""Short runs of the hardening harnesses: kills, failing system calls and damage.

The long runs, with a table of the results: ``python -m tests.hardening``.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.hardening import corruption, faults, kill
from tests.hardening.tally import Tally, table, told

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked"),
    pytest.mark.timeout(1200),  # the machine may be busy
]


def held(tally: Tally) -> bool:
    print("\n".join(["", table([tally]), *told(tally)]), file=sys.stderr)
    return not tally.failures


def test_a_library_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    tally = kill.run(tmp_path, kill.SHORT, seed=1)
    assert held(tally)
    assert tally.tried == kill.SHORT


def test_a_library_survives_a_full_or_failing_disk(tmp_path: Path) -> None:
    tally = faults.run(tmp_path, faults.SHORT, seed=1)
    if not tally.tried:
        pytest.skip(tally.notes[0])
    assert held(tally)


def test_damage_is_noticed_and_the_doctor_repairs_it(tmp_path: Path) -> None:
    tally = corruption.run(tmp_path, corruption.SHORT, seed=1)
    assert held(tally)
    assert tally.tried == corruption.SHORT
