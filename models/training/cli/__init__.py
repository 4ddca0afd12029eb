"""`./liveavatar train`: the stages that make a pack, in one table (table.py), and what runs them."""
