"""BattleScope's data platform. Empty on purpose: importing the package imports neither Dagster nor a database driver."""
