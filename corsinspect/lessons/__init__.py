"""Six short lessons on CORS, each about calls that are really made: what they say agrees with the verdicts."""
