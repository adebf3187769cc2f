"""Files → Article → Passage."""
