"""What the pages of the firm and of the client have in common: tags, partials, answers to htmx, refusals as pages."""
