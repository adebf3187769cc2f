"""A conversation: what is spoken of, which story, and the question that stands alone."""
