"""Everything that touches a socket, a file or the database; no rule of combat belongs here."""
