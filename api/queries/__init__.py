"""SQL, one module per router, reading schema `marts` only; no shaping for output and no HTTP belongs here."""
