"""Parameters and answers of the API, one module per router; no HTTP and no SQL belongs here."""
