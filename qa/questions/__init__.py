"""Questions that articles themselves suggest, made by rule from their sentences."""
