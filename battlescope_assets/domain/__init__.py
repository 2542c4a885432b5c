"""Pure rules of combat: records and arrays in, records and arrays out; no Dagster, SQL, clock or network is here."""
