-- Proxies may be for display where their originals are log or scene-linear: what was sent as it is stored is laid in there through a view, and
-- answers what a run sends there through the same. `viewing` is that view's digest, empty where what is sent there is as it was sent before.
CREATE TABLE seen_stand_ins (
    id INTEGER PRIMARY KEY,
    cue_key TEXT NOT NULL REFERENCES results (cue_key),
    first_frame INTEGER NOT NULL CHECK (first_frame >= 0),
    frames INTEGER NOT NULL CHECK (frames >= 1),
    picture BLOB NOT NULL CHECK (length(picture) = 16 * frames),
    voice BLOB NOT NULL CHECK (length(voice) = 16 * frames),
    noted_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    viewing TEXT NOT NULL DEFAULT '',
    UNIQUE (cue_key, first_frame, picture, voice, viewing)
) STRICT;

CREATE TABLE seen_stand_in_frames (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    stand_in INTEGER NOT NULL REFERENCES seen_stand_ins (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (digest, stand_in, position)
) STRICT, WITHOUT ROWID;

INSERT INTO seen_stand_ins (id, cue_key, first_frame, frames, picture, voice, noted_at)
SELECT id, cue_key, first_frame, frames, picture, voice, noted_at FROM stand_ins;
INSERT INTO seen_stand_in_frames SELECT digest, stand_in, position FROM stand_in_frames;
DROP TABLE stand_in_frames;
DROP TABLE stand_ins;
ALTER TABLE seen_stand_ins RENAME TO stand_ins;
ALTER TABLE seen_stand_in_frames RENAME TO stand_in_frames;

CREATE TRIGGER stand_in_noted AFTER INSERT ON stand_ins BEGIN
    INSERT INTO events (subject, subject_id, what)
    SELECT 'result', results.id, 'stands for ' || NEW.frames || ' frames of other media' FROM results
    WHERE results.cue_key = NEW.cue_key;
END;
