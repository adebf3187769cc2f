"""Files → articles → passages."""
