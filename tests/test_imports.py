"""Slow imports happen only when they are needed, and public names are complete."""

import inspect
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HEAVY = ["torch", "transformers", "sentence_transformers", "faiss", "onnxruntime", "textual"]
HEAVY += ["numpy", "httpx2"]

REPORT = f"""
import sys
print(sorted(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""


def heavy_after(program: str) -> str:
    """The last line on stderr: the heavy modules that the program imported."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    return done.stderr.strip().splitlines()[-1]


def test_the_package_alone_imports_nothing_heavy() -> None:
    assert heavy_after("import qa" + REPORT) == "[]"
    assert heavy_after("import qa; qa.Article, qa.Answer, qa.Library" + REPORT) == "[]"
    assert heavy_after("import qa; qa.Report, qa.ArticleRow, qa.LibraryBusyError" + REPORT) == "[]"


def test_the_check_finds_heavy_modules() -> None:
    assert heavy_after("import qa.answering.answer" + REPORT) != "[]"


def test_all_public_names_exist() -> None:
    import qa

    for name in qa.__all__:
        assert getattr(qa, name).__name__ == name
    with pytest.raises(AttributeError, match="Nothing"):
        _ = qa.Nothing


def test_all_that_a_library_takes_and_returns_is_public() -> None:
    import qa

    public = {name: getattr(qa, name) for name in qa.__all__}
    for name in dir(qa.Library):
        member = inspect.getattr_static(qa.Library, name)
        method = getattr(member, "fget", None) or getattr(member, "__func__", member)
        if name.startswith("_") or not callable(method):
            continue
        # Names that only type checkers import must be public to be found.
        for hint in typing.get_type_hints(method, localns=public).values():
            for part in classes(hint):
                ours = part.__module__.startswith("qa.")
                assert not ours or public.get(part.__name__) is part, (name, part)


def classes(hint: Any) -> Iterator[type]:
    """The classes in an annotation, at any depth."""
    if isinstance(hint, type) and not typing.get_args(hint):
        yield hint
    for part in typing.get_args(hint):
        yield from classes(part)


def test_the_example_in_the_documentation_runs(
    home: Path, encoders: object, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import qa

    assert qa.__doc__
    lines = [line[4:] for line in qa.__doc__.splitlines() if not line or line.startswith("    ")]
    monkeypatch.chdir(articles.parent)
    exec("\n".join(lines), {})  # noqa: S102
    with qa.Library.open("news") as library:
        assert "https://example.org/nato" in {row.source for row in library.articles()}
    assert library.folder == home / "data" / "libraries" / "news"


def test_all_that_the_package_raises_is_public() -> None:
    import qa
    from qa import errors

    raised = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert raised - set(qa.__all__) == {"ArticleError"}, "it becomes an entry of Report.failed"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["ask", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        f"import sys; sys.argv = ['qa', *{arguments!r}]\n"
        "from qa.cli import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code, done.code\n"
    )
    assert heavy_after(program + REPORT) == "[]"


def test_listing_imports_nothing_heavy() -> None:
    program = (
        "import tempfile, qa\n"
        "with qa.Library.open(tempfile.mkdtemp()) as library:\n"
        "    library.articles(); library.status(); library.conversations()\n"
    )
    assert heavy_after(program + REPORT) == "[]"


def test_checking_a_library_loads_no_model() -> None:
    program = (
        "import tempfile, qa\n"
        "with qa.Library.open(tempfile.mkdtemp()) as library:\n"
        "    library.check()\n"
        "import sys\n"
        "loaded = [n for n in ('torch', 'transformers', 'onnxruntime') if n in sys.modules]\n"
        "print(loaded, file=sys.stderr)\n"
    )
    assert heavy_after(program) == "[]"
