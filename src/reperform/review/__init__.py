"""The review page: a cut's shots with their takes beside the originals, in a browser on this machine.

scene      what is looked at: the timeline, or the run that is making it, and its shots
versions   the original and the takes of a shot, out of the timeline and the ledger
standing   how far each shot is, and what was spent
cutting    all of it as the JSON that the page reads
board      that JSON, kept up to date
footage    which frames of which file are seen
proxies, thumbnails, waves    what the browser shows of them, made in the background by working
showing    which of these are there
deciding, saving, asking      what a person does
watching   what changes, told to every page that is open
guarding, addresses           who is let in, and where
app, answers, serving         the server
"""
