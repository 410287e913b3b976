-- What people decide as they review a timeline: one row for each thing they did, in order. Undone rows stay, and can be done again
-- until something new is decided; then they are dropped.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    timeline TEXT NOT NULL,
    shot TEXT NOT NULL,
    version TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('circle', 'uncircle', 'reject', 'unreject', 'note', 'unnote')),
    frame INTEGER CHECK (frame >= 0),
    timecode TEXT,
    text TEXT,
    note INTEGER REFERENCES decisions (id),
    state TEXT NOT NULL DEFAULT 'stands' CHECK (state IN ('stands', 'undone', 'dropped')),
    decided_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    CHECK ((action = 'note') = (text IS NOT NULL)),
    CHECK ((action = 'unnote') = (note IS NOT NULL))
) STRICT;

CREATE INDEX decisions_by_timeline ON decisions (timeline, state, id);

CREATE TABLE decision_changes (
    id INTEGER PRIMARY KEY,
    timeline TEXT NOT NULL,
    shot TEXT NOT NULL
) STRICT;

CREATE TRIGGER decision_made AFTER INSERT ON decisions BEGIN
    INSERT INTO decision_changes (timeline, shot) VALUES (NEW.timeline, NEW.shot);
END;

CREATE TRIGGER decision_changed AFTER UPDATE ON decisions WHEN NEW.state <> OLD.state AND NEW.state <> 'dropped' BEGIN
    INSERT INTO decision_changes (timeline, shot) VALUES (NEW.timeline, NEW.shot);
END;

CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions BEGIN
    SELECT RAISE (ABORT, 'what was decided stays on record');
END;
