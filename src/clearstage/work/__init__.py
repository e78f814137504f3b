"""Tasks: what members do. One kind of item that jobs wait for."""
