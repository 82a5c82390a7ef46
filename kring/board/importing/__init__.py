"""Lists from elsewhere: read, cleaned, compared with what is here, written once somebody says so, and undone.

starting       a file comes in, and its task is woken
packages       what an XLSX unpacks to, before anything reads it
reading        a file becomes records, in bounded memory
columns        which column is which field
cleaning       what a cell means, or what is wrong with it
verdicts       what becomes of each record, and which of them are the same
known          the organisations that are here
preparing      the preview: each record beside what is here
writing        what somebody said yes to
undoing        and took back
words, report  all of it, as people read it
"""
