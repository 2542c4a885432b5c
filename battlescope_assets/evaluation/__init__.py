"""How good reconstruction is: its answers scored on wars with known truth; what reconstructs does not belong here."""
