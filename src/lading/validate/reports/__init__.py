"""Reports of findings, a module each: text, JSON, SARIF, HTML. What one needs, the others do not import."""
