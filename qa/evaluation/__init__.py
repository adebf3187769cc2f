"""How good retrieval, reading and answers are, measured on labelled questions."""
