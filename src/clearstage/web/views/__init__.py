"""The firm's views: parse, scope, call, show."""
