"""``qa mentions``."""

import pytest

from tests.command_line.shell import Shell

pytestmark = pytest.mark.slow


def test_mentions_prints_columns_with_tabs(qa: Shell) -> None:
    done = qa("mentions", "bridge")
    assert (done.code, done.err) == (0, "")
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert {len(row) for row in rows} == {5}
    found = qa("mentions", "BRIDGES", "--json").json("mentions")
    assert [int(row[0]) for row in rows] == [each["count"] for each in found["articles"]]
    assert found["count"] == sum(each["count"] for each in found["articles"])
    for each in found["articles"]:
        assert len(each["mentions"]) + each["in_title"] == each["count"]
        lit = [cited["quote"] for cited in each["mentions"]]
        assert all("bridge" in quote.lower() for quote in lit)


def test_no_mention_exits_with_1_and_a_term_without_a_word_is_refused(qa: Shell) -> None:
    done = qa("mentions", "zebra")
    assert (done.code, done.out, done.err) == (1, "", "No article mentions it.\n")
    assert qa("mentions", "zebra", "--json").json("mentions")["articles"] == []
    outside = qa("mentions", "bridge", "--since", "2999")
    assert (outside.code, outside.err) == (1, "No article matches the filter.\n")
    assert qa("mentions", "?!").is_refusal()


def test_on_a_terminal_the_mention_is_lit_and_the_total_stands_last(qa: Shell) -> None:
    shown = qa.on_terminal("mentions", "bridge")
    assert "\x1b[7m" in shown.out
    count = qa("mentions", "bridge", "--json").json("mentions")
    last = f"{count['count']} mentions in {len(count['articles'])} articles"
    assert last in shown.out.splitlines()[-1]


def test_timeline_lists_dated_sentences(qa: Shell) -> None:
    done = qa("timeline", "--json", "storm harbour Westport")
    events = done.json("timeline")["events"]
    assert events
    assert [event["first"] for event in events] == sorted(event["first"] for event in events)
    unquoted = qa("timeline", "--json", "storm", "harbour", "Westport")
    assert unquoted.json("timeline") == done.json("timeline")
    assert qa("timeline", "zqxwvyut").code == 1
