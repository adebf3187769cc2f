"""A library on a Milvus server, or in a file of Milvus Lite.

Two collections hold it: the passages, with what filters look at, and the rows of articles and
files. Milvus searches the words by BM25 and the vectors; what is searched, and how both are fused,
is the same as for the library on disk. Words are folded and stemmed here, so that every server has
the same words. Nothing of `pymilvus` is imported before a library of this kind is opened.
"""
