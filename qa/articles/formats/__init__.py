"""One module for each format: cleaned text, or lines → articles."""
