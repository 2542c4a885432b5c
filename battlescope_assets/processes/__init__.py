"""The processes BattleScope consists of: starting, watching and stopping them; no data belongs here."""
