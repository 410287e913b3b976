"""Marks from outside of an editor: written where and how each editor reads them.

words     what a marker says for a direction
spots     when a marker's time is, for frames of the cut
existing  the marks that a cut has, as a person names them
edits     what is to be done with marks, and what each of it says
applying  doing it, and reading all of it back
"""
