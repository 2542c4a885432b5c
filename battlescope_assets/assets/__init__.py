"""The asset graph: each module reads, calls the domain, writes in one transaction and reports; no rule belongs here."""
