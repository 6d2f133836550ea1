"""Exchanges and Calls that wait in files, or go to other processes: `packing` makes them small, `spool` keeps them."""
