"""The terminal chat: a Textual app over ``Library``, which does all the finding and answering."""
