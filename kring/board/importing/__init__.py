"""Lists from elsewhere: read, cleaned, compared with what is here, written once somebody says so, and undone.

reading     a file becomes records, in bounded memory
columns     which column is which field
cleaning    what a cell means, or what is wrong with it
verdicts    what becomes of each record, and which of them are the same
comparing   against the organisations that are here
writing     and undoing
"""
