-- Proxies may be for display where their originals are log or scene-linear: what was sent as it is stored is laid in there through a view, and
-- answers what a run sends there through the same. The view's digest; NULL where what is sent there is as it was sent before.
ALTER TABLE stand_ins ADD COLUMN viewing TEXT;
