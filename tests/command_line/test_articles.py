"""``qa ls``, ``qa show`` and ``qa rm``."""

import pytest

from tests.command_line.articles import NEWS, WHO
from tests.command_line.shell import Done, Shell, write

pytestmark = pytest.mark.slow


def test_ls_prints_columns_with_tabs_newest_first(qa: Shell) -> None:
    done = qa("ls")
    assert (done.code, done.err) == (0, "")
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert {len(row) for row in rows} == {4}
    dated = [row[1] for row in rows if row[1]]
    assert dated == sorted(dated, reverse=True)
    listed_there = qa("ls", "--json").json("ls")["articles"]
    assert [row[0] for row in rows] == [article["id"] for article in listed_there]


def test_show_finds_by_number_source_and_path(qa: Shell) -> None:
    source = "news/harbour/storm.txt"
    rows = qa("ls", "--json").json("ls")["articles"]
    number = next(row["id"] for row in rows if row["source"] == source)
    absolute = str(qa.folder / source)
    shown = [qa("show", "--json", name).json("show") for name in (number, source, absolute)]
    assert shown[0]["text"] == NEWS["harbour/storm.txt"]
    assert shown[0] == shown[1] == shown[2]
    plain = qa("show", "https://example.org/bridge")
    assert plain.code == 0
    assert "The bridge over the Lonn is 412 metres long." in plain.out
    assert qa("show", "--json", "news/wire.jsonl#2").json("show")["title"] == "Bridge closes"


@pytest.mark.parametrize("name", ["9" * 30, "²", "x#" + "9" * 30, "no/such", "", "%"])
def test_a_name_of_no_article_is_refused(qa: Shell, name: str) -> None:
    done = qa("show", name)
    assert done.is_refusal()
    assert "qa ls" in done.err


def test_show_lists_the_articles_if_a_name_means_several(qa: Shell) -> None:
    for words in (["news/harbour"], ["bridge"]):
        done = qa("show", *words)
        assert (done.code, done.out) == (2, "")
        *listed_there, last = done.err.splitlines()
        assert len(listed_there) == 2
        number = listed_there[0].split("\t")[0]
        assert last == (
            f"qa: {words[0]} means 2 articles. Choose one by its number: qa show {number}"
        )
        assert qa("show", number).code == 0


def test_show_takes_words_of_a_title(qa: Shell) -> None:
    for words in (["bridge", "opens"], ["OPENS bridge"], ["closes"]):
        found = qa("show", "--json", *words).json("show")
        assert found["title"] == ("Bridge closes" if "closes" in words else "Bridge opens")
    done = qa("show", "bridge", "falls")
    assert done.is_refusal()
    assert "No article is called bridge falls" in done.err


def test_ls_takes_words_of_title_or_source(qa: Shell) -> None:
    def titles(*words: str) -> list[str]:
        return [row["title"] for row in qa("ls", "--json", *words).json("ls")["articles"]]

    assert titles("BRIDGE") == ["Bridge closes", "Bridge opens"]
    assert titles("bridge", "wire") == ["Bridge closes"]
    assert titles("harbour", "ferry") == ["New ferry reaches Westport"]
    assert titles("bridge", "--until", "2013-06-30") == ["Bridge opens"]
    assert qa("ls", "no-such-word") == Done(0, "", "No article matches the filter.\n")


def test_a_folder_limits_what_is_listed_and_asked(qa: Shell) -> None:
    def titles(*options: str) -> list[str]:
        done = qa("ls", "--json", *options).json("ls")
        return sorted(row["title"] for row in done["articles"])

    inside = titles("--source", "news/harbour/*")
    assert len(inside) == 2
    for name in ("harbour", "news/harbour", "./news/harbour/", str(qa.folder / "news" / "harbour")):
        assert titles("--in", name) == inside
    assert titles("--in", "harbour", "--since", "2012") == ["New ferry reaches Westport"]
    assert titles("--in", "harbour", "--in", "news/wire.jsonl") == sorted(
        [*inside, "Bridge closes", "Bridge opens"]
    )
    assert titles("--in", "harb") == []
    hits = qa("search", "Westport", "--in", "harbour", "--json").json("search")["hits"]
    assert {hit["article"]["source"].rpartition("/")[0] for hit in hits} == {"news/harbour"}
    assert qa("mentions", "bridge", "--in", "harbour").code == 1
    assert qa("ls", "--in", "").is_refusal()
    assert qa("ask", WHO, "news", "--in", "harbour").is_refusal()


def test_a_list_says_what_limits_it(qa: Shell) -> None:
    def stated(*options: str) -> dict[str, object]:
        found: dict[str, object] = qa("ls", "--json", *options).json("ls")["filter"]
        return found

    assert stated() == {}
    assert stated("bridge", "--since", "2013", "--until", "2013-06", "--source", "*wire*") == {
        "words": ["bridge"],
        "since": "2013-01-01",
        "until": "2013-06-30",
        "source": "*wire*",
    }
    assert stated("--in", "news/harbour") == {"paths": [str(qa.folder / "news" / "harbour")]}
    assert stated("--in", "harbour") == {"paths": ["harbour"]}


def test_folders_are_listed_with_counts_and_dates(qa: Shell) -> None:
    done = qa("ls", "--folders", "--in", "news")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "5\t2011-10-24\t2013-07-01\tnews\n2\t2011-10-24\t2012-03-05\tnews/harbour\n"
    )
    found = qa("ls", "--folders", "--json", "--since", "2012", "--in", "harbour")
    assert found.json("ls --folders") == {
        "version": 1,
        "filter": {"since": "2012-01-01", "paths": ["harbour"]},
        "folders": [
            {
                "folder": str(qa.folder / "news" / "harbour"),
                "articles": 1,
                "first": "2012-03-05",
                "last": "2012-03-05",
            }
        ],
    }
    none = Done(0, "", "No article matches the filter.\n")
    assert qa("ls", "--folders", "--since", "2040") == none


def test_rm_of_several_needs_a_yes(qa: Shell) -> None:
    library = ["--library", qa.copy("removing")]
    count = len(qa("ls", "--json", *library).json("ls")["articles"])
    refused = qa("rm", "news/harbour", *library)
    assert refused.is_refusal()
    assert "--yes" in refused.err
    assert qa.on_terminal("rm", "news/harbour", *library, typed="n\n").code != 0
    assert len(qa("ls", "--json", *library).json("ls")["articles"]) == count
    assert qa.on_terminal("rm", "news/harbour", *library, typed="y\n").code == 0
    one = qa("rm", "https://example.org/bridge", *library)
    assert one.code == 0
    assert "Bridge opens" in one.out
    assert qa("rm", "--yes", "--quiet", "hostile", *library) == Done(0, "", "")
    rows = qa("ls", "--json", *library).json("ls")["articles"]
    assert {row["title"] for row in rows} == {
        "Bridge closes",
        "The lighthouse keeper of Skarvoy keeps nine goats.",
    }
    assert (qa.folder / "news/harbour/storm.txt").exists()


def test_an_empty_name_removes_nothing(fresh: Shell) -> None:
    """As in ``qa rm "$UNSET"`` in the folder of the articles."""
    write(fresh.folder, {"only.txt": "The only article.\n"})
    assert fresh("index", ".").code == 0
    assert fresh("rm", "").code == 2
    assert fresh("rm", "", "--yes").code == 2
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 1


def test_verify_checks_references_and_exports(qa: Shell, fresh: Shell) -> None:
    asked = qa("ask", "--json", "How long is the bridge over the Lonn?").json("ask")
    reference = asked["citations"][0]["reference"]
    (held,) = qa("verify", "--json", reference).json("verify")["references"]
    assert (held["standing"], held["quote"]) == ("holds", asked["answer"])
    other = reference.replace("@", "@0")
    write(qa.folder, {"export.md": f"Seen: `{reference}` and `{other}`."})
    done = qa("verify", "export.md")
    assert (done.code, done.err) == (1, "")
    assert [line.split()[0] for line in done.out.splitlines()] == ["holds", "412", "changed"]
    assert qa("verify", "news").is_refusal()
