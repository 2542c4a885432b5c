"""Marts against an independent recomputation: pandas over the golden war's own mails."""
