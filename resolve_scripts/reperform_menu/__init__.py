"""What the entries of Resolve's Scripts menu do. Standard library only, readable by Python 3.6: Resolve's Python runs it."""
