"""The library's folder on disk, and nothing else: SQLite is the truth, FAISS a cache of it."""
