"""Everything that qa raises on purpose. Each message says what is wrong and what to do next.

QAError
├── UsageError                  the request itself is off: an option, a path, a date
├── ArticleError                one file or record that cannot be read as an article
├── ModelError                  a model that is missing, damaged or of another make
│   └── ModelMismatchError      the library was embedded by another model
└── LibraryError                the folder on disk
    ├── LibraryDamagedError     its SQLite file cannot be read
    ├── LibraryBusyError        another process is writing to it
    ├── LibraryReadOnlyError    it cannot be written to
    └── LibraryVersionError     written by another version of qa
"""


class QAError(Exception):
    """Base of all errors that qa raises on purpose; its text is one line for a person."""


class UsageError(QAError):
    """What was asked for cannot be understood."""


class ArticleError(QAError):
    """One file or record that cannot be read as an article; the rest goes on."""


class ModelError(QAError):
    """A model that is missing, damaged or unfit."""


class ModelMismatchError(ModelError):
    """The library's embeddings were made by another model."""


class LibraryError(QAError):
    """The library's folder cannot be used."""


class LibraryDamagedError(LibraryError):
    """The library's SQLite file cannot be read."""


class LibraryBusyError(LibraryError):
    """Another process holds the library's writer lock."""


class LibraryReadOnlyError(LibraryError):
    """The library's folder cannot be written to."""


class LibraryVersionError(LibraryError):
    """The library was written by another version of qa."""
