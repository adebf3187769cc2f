"""Measures retrieval, reading and answers on labelled questions."""
