"""``--library`` given several times."""

from tests.command_line.shell import Shell, write

WHO = "Who commands the lighthouse of Brak?"


def two(fresh: Shell) -> tuple[str, ...]:
    """Makes two libraries and returns the options that ask both."""
    write(fresh.folder / "north", {"brak.txt": "Captain Ole Lund commands the lighthouse of Brak."})
    write(fresh.folder / "south", {"oran.txt": "The market of Oran sells figs and lighthouses."})
    for name in ("north", "south"):
        assert fresh("index", name, "--library", name, "-q").code == 0
    return "--library", "south", "--library", "north"


def test_several_libraries_answer_as_one(fresh: Shell) -> None:
    both = two(fresh)
    answer = fresh("ask", WHO, *both, "--json").json("ask")
    article = answer["citations"][0]["article"]
    assert (answer["answer"], article["library"], article["id"]) == ("Ole Lund", "north", "1")
    assert "north/brak.txt:1 · library north" in fresh("ask", WHO, *both).out
    hits = fresh("search", "lighthouse", *both, "--json").json("search")["hits"]
    assert {hit["article"]["library"] for hit in hits} == {"north", "south"}
    listed = fresh("ls", *both).out.splitlines()
    assert [line.split("\t")[-1] for line in listed] == ["south", "north"]
    assert [row["id"] for row in fresh("ls", *both, "--json").json("ls")["articles"]] == ["1", "1"]
    rows = [line.split("\t") for line in fresh("mentions", "lighthouse", *both).out.splitlines()]
    assert [(row[3], row[5]) for row in rows] == [
        ("south/oran.txt:1", "south"),
        ("north/brak.txt:1", "north"),
    ]


def test_what_writes_takes_one_library(fresh: Shell) -> None:
    both = two(fresh)
    for command in (
        ("index", "north"),
        ("rm", "1"),
        ("show", "1"),
        ("status",),
        ("chat",),
        ("ask", WHO, "north"),
        ("ask", WHO, "--continue"),
    ):
        done = fresh(*command, *both)
        assert done.is_refusal(), (command, done)
        assert "one library" in done.err
    again = fresh("ask", WHO, "--library", "north", "--library", "north")
    assert again.is_refusal()
    assert "named twice" in again.err
