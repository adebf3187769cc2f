"""Written answers: a language model writes, and each sentence is checked against its sources."""
