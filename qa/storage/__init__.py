"""The library on disk: an SQLite file holds everything; the search indexes are built from it."""
