"""Neural models behind small protocols: what exists, how it is exported, how it runs."""
