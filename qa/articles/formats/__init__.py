"""One small module per format: cleaned text or lines → articles."""
