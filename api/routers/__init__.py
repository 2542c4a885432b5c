"""HTTP routes: read parameters, run queries, shape answers; no SQL belongs here."""
