"""Question → hits → answer."""
