-- A conform puts a cut on other media of the same pictures: what a paid result answers there, so that it is not paid for again.
-- Frame n of a stand-in stands for frame `first_frame` + n of what the result was claimed for; 16 bytes a frame, as in `cues`.
CREATE TABLE stand_ins (
    id INTEGER PRIMARY KEY,
    cue_key TEXT NOT NULL REFERENCES results (cue_key),
    first_frame INTEGER NOT NULL CHECK (first_frame >= 0),
    frames INTEGER NOT NULL CHECK (frames >= 1),
    picture BLOB NOT NULL CHECK (length(picture) = 16 * frames),
    voice BLOB NOT NULL CHECK (length(voice) = 16 * frames),
    noted_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    UNIQUE (cue_key, first_frame, picture, voice)
) STRICT;

CREATE TABLE stand_in_frames (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    stand_in INTEGER NOT NULL REFERENCES stand_ins (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (digest, stand_in, position)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER stand_in_noted AFTER INSERT ON stand_ins BEGIN
    INSERT INTO events (subject, subject_id, what)
    SELECT 'result', results.id, 'stands for ' || NEW.frames || ' frames of other media' FROM results
    WHERE results.cue_key = NEW.cue_key;
END;
