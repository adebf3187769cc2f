"""The chat in the terminal: a Textual app over ``Library``, which does the search and answering."""
