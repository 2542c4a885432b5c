"""BattleScope's data platform. Importing it imports neither Dagster nor a database driver."""
