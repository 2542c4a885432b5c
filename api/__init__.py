"""The web application: REST API and pages over schema `marts`; no asset, no Dagster and no writing belongs here."""
