"""A page for those who only read: what was asked, what came of it, what it cost, what was decided.

documents   what the report says, for the page and for programs
gathering   all of it, from the timeline and the ledger          seen · shots · jobs · decisions · sums
looking     the pictures: the same frame of the original and of its takes       allowing
plots       costs, waiting and the run of the jobs as SVG        drawing
page        the HTML; templates/
browsers    a browser that prints it as PDF
giving      the report as a file or as text
"""
