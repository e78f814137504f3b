"""An independent reading of the rule book, and a random driver that holds the product against it."""
