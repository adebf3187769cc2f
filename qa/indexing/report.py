"""What an indexing run tells its caller."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from ..articles.found import Problem


@dataclass(slots=True)
class Report:
    """What an indexing run found and did; numbers count articles unless they say otherwise."""

    new: int = 0
    """Added."""
    changed: int = 0
    """Replaced, because their text, title or date changed."""
    unchanged: int = 0
    """Left as they were."""
    moved: int = 0
    """Found under another path, otherwise unchanged."""
    removed: int = 0
    """Removed: no longer in their file, or pruned together with it."""
    vanished: list[str] = field(default_factory=list)
    """Known files that no longer exist; their articles are kept unless pruned."""
    unpruned: list[str] = field(default_factory=list)
    """Vanished files that pruning keeps, because they may be on a disk that is not mounted."""
    is_too_much: bool = False
    """Whether pruning kept all of them, because more files vanished than it may drop."""
    failed: list[Problem] = field(default_factory=list)
    """Files and records that could not be read, each with the reason."""
    skipped_for: Counter[str] = field(default_factory=Counter)
    """How many files were skipped for each reason, because they are no articles: images, say."""
    passages: int = 0
    """Passages of the articles that were added or replaced."""

    @property
    def skipped(self) -> int:
        """How many files were skipped."""
        return self.skipped_for.total()

    @property
    def is_empty(self) -> bool:
        """Whether files were found, and none of them gave an article."""
        articles = self.new + self.changed + self.unchanged + self.moved
        return not articles and bool(self.failed or self.skipped)

    def note(self, problem: Problem) -> None:
        """List a problem, or count it if it is a file that was never an article."""
        if problem.quiet:
            # Without what differs from file to file, such as the columns of a table.
            self.skipped_for[problem.reason.partition(" (")[0]] += 1
        else:
            self.failed.append(problem)


class Progress(Protocol):
    """A function that is called after each batch."""

    def __call__(self, done: int, total: int, report: Report, /) -> None:
        """Receive how much is done: bytes of changed files, or articles if there are no files."""
