"""Pages for people, rendered on the server from the same answers as the REST API; no SQL belongs here."""
