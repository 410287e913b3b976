"""Retimes: which media is seen when, for clips that play faster, slower, backward, frozen, or at a speed that varies.

retime     what one effect does to time, exactly, and several of them together
reading    the effects that OpenTimelineIO itself knows; dialects add their own
showing    which frame of the media each record frame shows
"""
