"""A loopback HTTP server in the upstreams' real formats, with faults; what happened in the war does not belong here."""
