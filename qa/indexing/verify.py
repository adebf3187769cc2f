"""Whether the words that a reference is to still stand there."""

from contextlib import closing

from ..articles.found import FoundFile, ReadArticle
from ..articles.load import needs_worker, read_articles
from ..articles.walk import walk
from ..articles.workers import Workers
from ..datatypes import is_from_memory
from ..references import CheckedReference, Reference, Standing
from ..storage.store import Store
from .stale import FileState, state_of


def check_reference(store: Store, reference: Reference) -> CheckedReference:
    """Compare a reference with the library, and with the article's file as it is now."""
    numbers = store.articles_with_digest(reference.digest)
    known = store.articles(numbers)
    # The article that still has the path of the reference comes first.
    for number in sorted(numbers, key=lambda each: known[each].source != reference.source):
        article = known[number]
        file = store.file_of(number)
        if not is_from_memory(file.path):
            state = state_of(
                file.path, file.size_bytes, file.modified_ns, file.changed_ns, file.digest
            )
            if state is FileState.GONE:
                continue
            if state is FileState.CHANGED and not _holds(file.path, article.digest):
                return CheckedReference(reference, Standing.CHANGED, article)
        if reference.end > len(article.text):  # it is no reference to this text
            return CheckedReference(reference, Standing.CHANGED, article)
        same = article.source == reference.source
        return CheckedReference(reference, Standing.HOLDS if same else Standing.MOVED, article)
    for number, article in store.articles(store.find_articles(reference.source)).items():
        if number not in known:
            return CheckedReference(reference, Standing.CHANGED, article)
    return CheckedReference(reference, Standing.GONE)


def _holds(path: str, digest: str) -> bool:
    """Whether a file holds an article with this digest now."""
    with closing(Workers()) as workers:
        for found in walk([path]):
            if isinstance(found, FoundFile):
                read = workers.read(found) if needs_worker(found) else read_articles(found)
                articles = [one.article for one in read if isinstance(one, ReadArticle)]
                return any(article.digest == digest for article in articles)
    return False
