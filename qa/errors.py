"""The errors that qa raises. Each message says what is wrong and what to do next.

QAError
├── UsageError                  the request is wrong: an option, a path, a date
├── ArticleError                one file or record that cannot be read as an article
├── ModelError                  a model that is missing, damaged or unsupported
│   └── ModelMismatchError      the library was embedded with another model
├── ServerError                 a language model's server cannot be reached, or fails
└── LibraryError                the library's folder cannot be used
    ├── LibraryDamagedError     its SQLite file cannot be read
    ├── LibraryBusyError        another process is writing to it
    ├── LibraryReadOnlyError    it cannot be written to
    └── LibraryVersionError     it was written by another version of qa
"""


class QAError(Exception):
    """Base of all errors that qa raises; the message is one line for the user."""


class UsageError(QAError):
    """The request cannot be understood."""


class ArticleError(QAError):
    """One file or record cannot be read as an article; the others are still read."""


class ModelError(QAError):
    """A model is missing, damaged or unsupported."""


class ModelMismatchError(ModelError):
    """The library's embeddings were made by another model."""


class ServerError(QAError):
    """A language model's server cannot be reached, or fails."""


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
