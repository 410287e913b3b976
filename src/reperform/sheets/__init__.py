"""ADR cue sheets: out of a timeline and its project, and back into marks; and subtitles, which come the same way.

rows       the sheet: a line for each cue
making     a sheet of a planned timeline
standing   what has come of a cue: its status, its take, what it cost
csv_file   as CSV, there and back
page       as a page to print, with pictures
pictures   a picture of each cue
returned   a sheet that came back, as changes of marks
subtitles  SRT and WebVTT
spoken     subtitles as new marks
decoding   texts whose encoding nobody says
"""
