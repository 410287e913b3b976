-- The ledger's first shape. Never edited once released: a change is a new file.
-- What may follow what, and an event for every change, are kept by the database itself, so that no later version of the
-- program, and no hand with a SQLite shell, can skip them.

-- One run of the program on this project. Whether it still lives is asked of the lock file that it holds, not of this row.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- One call of `run`, with all that a resume needs to end it: the plan, how its timeline is written, and what it may cost.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    timeline TEXT NOT NULL,
    out TEXT NOT NULL,
    plan TEXT NOT NULL CHECK (json_valid(plan)),
    writing TEXT NOT NULL CHECK (json_valid(writing)),
    base_url TEXT,
    max_cost_usd REAL CHECK (max_cost_usd >= 0),
    allow_unknown_cost INTEGER NOT NULL DEFAULT 0,
    begun_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    ended_at TEXT
) STRICT;

CREATE TABLE attempt_states (
    state TEXT PRIMARY KEY
) STRICT;

INSERT INTO attempt_states VALUES
    ('planned'), ('prepared'), ('uploaded'), ('submitting'), ('submitted'), ('finished'), ('fetched'),
    ('rejected'), ('failed'), ('unknown'), ('expired'), ('cancelled');

CREATE TABLE attempt_moves (
    from_state TEXT NOT NULL REFERENCES attempt_states (state),
    to_state TEXT NOT NULL REFERENCES attempt_states (state),
    PRIMARY KEY (from_state, to_state)
) STRICT, WITHOUT ROWID;

INSERT INTO attempt_moves VALUES
    ('planned', 'prepared'), ('planned', 'failed'), ('planned', 'cancelled'),
    -- Made again after a restart: the work folder is not trusted to be whole.
    ('prepared', 'prepared'), ('prepared', 'uploaded'), ('prepared', 'failed'), ('prepared', 'cancelled'),
    ('uploaded', 'prepared'), ('uploaded', 'submitting'), ('uploaded', 'failed'), ('uploaded', 'cancelled'),
    -- Back to uploaded only when the request certainly never arrived.
    ('submitting', 'submitted'), ('submitting', 'uploaded'), ('submitting', 'rejected'), ('submitting', 'failed'),
    ('submitting', 'unknown'),
    ('submitted', 'finished'), ('submitted', 'rejected'), ('submitted', 'failed'), ('submitted', 'expired'),
    ('submitted', 'cancelled'),
    ('finished', 'fetched'), ('finished', 'failed'), ('finished', 'expired'),
    -- Reconciled: it had arrived, or it is known that it never did.
    ('unknown', 'submitted'), ('unknown', 'finished'), ('unknown', 'failed'), ('unknown', 'rejected'), ('unknown', 'expired'),
    ('unknown', 'cancelled');

-- One request to an engine, with all that is needed to go on with it: no timeline has to be there.
CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id),
    state TEXT NOT NULL DEFAULT 'planned' REFERENCES attempt_states (state)
        CHECK (state IN ('planned', 'prepared', 'uploaded', 'submitting', 'submitted', 'finished', 'fetched',
                         'rejected', 'failed', 'unknown', 'expired', 'cancelled')),
    engine TEXT NOT NULL,
    model TEXT NOT NULL,
    shot TEXT NOT NULL CHECK (json_valid(shot)),
    job TEXT NOT NULL CHECK (json_valid(job)),
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    estimate_usd REAL,
    cost_usd REAL,
    remote_id TEXT,
    error TEXT CHECK (error IS NULL OR json_valid(error)),
    -- The run that it counts against.
    run_id TEXT REFERENCES runs (id),
    -- When its request left first; none while it certainly never arrived.
    sent_at TEXT,
    -- Whether another may follow after it failed.
    again TEXT CHECK (again IN ('freely', 'once', 'asked')),
    -- The project, or the machine, that paid for it, where it was not this one.
    origin TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    changed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE INDEX attempts_by_state ON attempts (state);
CREATE INDEX attempts_by_run ON attempts (run_id);

-- What is claimed, and paid for once: a cue, or the part of a long one that one job performs, for one number of take.
-- `picture` and `voice` hold 16 bytes a frame.
CREATE TABLE cues (
    key TEXT PRIMARY KEY,
    engine TEXT NOT NULL,
    model TEXT NOT NULL,
    parameters TEXT NOT NULL,
    take_number INTEGER NOT NULL CHECK (take_number >= 1),
    frames INTEGER NOT NULL CHECK (frames >= 1),
    picture BLOB NOT NULL CHECK (length(picture) = 16 * frames),
    voice BLOB NOT NULL CHECK (length(voice) = 16 * frames),
    attempt_id TEXT NOT NULL REFERENCES attempts (id),
    claimed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE INDEX cues_by_attempt ON cues (attempt_id);

-- Every cue that an attempt was made for, also where a later attempt has taken over the claim.
CREATE TABLE attempt_cues (
    attempt_id TEXT NOT NULL REFERENCES attempts (id),
    cue_key TEXT NOT NULL REFERENCES cues (key),
    output INTEGER NOT NULL CHECK (output >= 0),
    first_frame INTEGER NOT NULL CHECK (first_frame >= 0),
    PRIMARY KEY (attempt_id, cue_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_cues_by_cue ON attempt_cues (cue_key);

-- What came back for one cue. `file` is relative to the project and is never deleted.
CREATE TABLE results (
    id TEXT PRIMARY KEY,
    cue_key TEXT NOT NULL UNIQUE REFERENCES cues (key),
    attempt_id TEXT NOT NULL REFERENCES attempts (id),
    output INTEGER NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    first_frame INTEGER NOT NULL CHECK (first_frame >= 0),
    frames_sent INTEGER NOT NULL CHECK (frames_sent >= 1),
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    alignment TEXT CHECK (alignment IS NULL OR json_valid(alignment)),
    cost_usd REAL,
    kept_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    FOREIGN KEY (attempt_id, cue_key) REFERENCES attempt_cues (attempt_id, cue_key)
) STRICT;

-- Where a frame, with the voice against it, lies inside paid results.
CREATE TABLE result_frames (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    cue_key TEXT NOT NULL REFERENCES results (cue_key),
    position INTEGER NOT NULL,
    PRIMARY KEY (digest, cue_key, position)
) STRICT, WITHOUT ROWID;

-- A number is given out before the file is made, and never again. `document` is there once the take is.
CREATE TABLE takes (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL CHECK (number >= 1),
    stem TEXT NOT NULL COLLATE NOCASE,
    identity TEXT NOT NULL UNIQUE,
    source_identity TEXT NOT NULL,
    clock TEXT NOT NULL CHECK (clock IN ('media', 'record')),
    in_frame INTEGER NOT NULL,
    frames INTEGER NOT NULL CHECK (frames >= 1),
    performed TEXT NOT NULL CHECK (json_valid(performed)),
    settings TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE COLLATE NOCASE,
    document TEXT CHECK (document IS NULL OR json_valid(document)),
    numbered_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE INDEX takes_by_source ON takes (source_identity);
CREATE INDEX takes_by_stem ON takes (stem);

-- What a person chose for a range of a source; the newest that overlaps counts. No take means the original.
CREATE TABLE choices (
    id INTEGER PRIMARY KEY,
    source_identity TEXT NOT NULL,
    in_frame INTEGER NOT NULL,
    frames INTEGER NOT NULL CHECK (frames >= 1),
    take_id TEXT REFERENCES takes (id),
    shot TEXT,
    chosen_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE INDEX choices_by_source ON choices (source_identity);

-- The plan's quick keys of cues that are paid, for how many takes.
CREATE TABLE quick_keys (
    quick_key TEXT PRIMARY KEY,
    takes INTEGER NOT NULL CHECK (takes >= 1)
) STRICT, WITHOUT ROWID;

-- What we last wrote to a timeline's path: anything else that stands there is someone's work, and is kept.
CREATE TABLE outputs (
    path TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT, WITHOUT ROWID;

-- Upload, status and result URLs: short-lived, secret, gone once the result is kept. Nothing prints them.
CREATE TABLE addresses (
    attempt_id TEXT NOT NULL REFERENCES attempts (id),
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts)),
    PRIMARY KEY (attempt_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    subject TEXT NOT NULL CHECK (subject IN ('session', 'run', 'attempt', 'cue', 'result', 'take', 'choice', 'quick key', 'output',
                                      'addresses')),
    subject_id TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;

CREATE INDEX events_by_subject ON events (subject, subject_id);

CREATE TRIGGER session_began AFTER INSERT ON sessions BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('session', NEW.id, 'began');
END;

CREATE TRIGGER run_began AFTER INSERT ON runs BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('run', NEW.id, 'began');
END;

CREATE TRIGGER run_changed AFTER UPDATE ON runs BEGIN
    INSERT INTO events (subject, subject_id, what)
    VALUES ('run', NEW.id, CASE WHEN NEW.ended_at IS NOT OLD.ended_at THEN 'ended' ELSE 'went on' END);
END;

CREATE TRIGGER attempt_begins_planned BEFORE INSERT ON attempts WHEN NEW.state <> 'planned' BEGIN
    SELECT RAISE (ABORT, 'an attempt begins planned');
END;

CREATE TRIGGER attempt_planned AFTER INSERT ON attempts BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('attempt', NEW.id, NEW.state);
END;

CREATE TRIGGER attempt_move_allowed BEFORE UPDATE OF state ON attempts
WHEN NOT EXISTS (SELECT 1 FROM attempt_moves WHERE from_state = OLD.state AND to_state = NEW.state) BEGIN
    SELECT RAISE (ABORT, 'an attempt cannot go on like this');
END;

CREATE TRIGGER attempt_moved AFTER UPDATE OF state ON attempts BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('attempt', NEW.id, NEW.state);
END;

CREATE TRIGGER attempt_adopted AFTER UPDATE OF session_id ON attempts BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('attempt', NEW.id, 'adopted by ' || NEW.session_id);
END;

CREATE TRIGGER cue_claimed AFTER INSERT ON cues BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('cue', NEW.key, 'claimed for ' || NEW.attempt_id);
END;

CREATE TRIGGER cue_claimed_anew AFTER UPDATE OF attempt_id ON cues BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('cue', NEW.key, 'claimed anew for ' || NEW.attempt_id);
END;

CREATE TRIGGER result_kept AFTER INSERT ON results BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('result', NEW.id, 'kept');
END;

CREATE TRIGGER result_stays BEFORE DELETE ON results BEGIN
    SELECT RAISE (ABORT, 'a paid result is never deleted');
END;

CREATE TRIGGER take_numbered AFTER INSERT ON takes BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('take', NEW.id, 'numbered');
END;

CREATE TRIGGER take_made AFTER UPDATE OF document ON takes BEGIN
    INSERT INTO events (subject, subject_id, what)
    VALUES ('take', NEW.id, CASE WHEN OLD.document IS NULL THEN 'made' ELSE 'made again' END);
END;

CREATE TRIGGER take_number_stays BEFORE DELETE ON takes BEGIN
    SELECT RAISE (ABORT, 'the number of a take is never given out again');
END;

CREATE TRIGGER choice_made AFTER INSERT ON choices BEGIN
    INSERT INTO events (subject, subject_id, what)
    VALUES ('choice', CAST(NEW.id AS TEXT), 'chose ' || coalesce(NEW.take_id, 'the original'));
END;

CREATE TRIGGER quick_key_known AFTER INSERT ON quick_keys BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('quick key', NEW.quick_key, 'paid');
END;

CREATE TRIGGER quick_key_raised AFTER UPDATE ON quick_keys BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('quick key', NEW.quick_key, 'paid for ' || NEW.takes || ' takes');
END;

CREATE TRIGGER output_written AFTER INSERT ON outputs BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('output', NEW.path, 'written');
END;

CREATE TRIGGER output_written_again AFTER UPDATE ON outputs BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('output', NEW.path, 'written again');
END;

CREATE TRIGGER address_known AFTER INSERT ON addresses BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('addresses', NEW.attempt_id, 'stored ' || NEW.name);
END;

CREATE TRIGGER address_forgotten AFTER DELETE ON addresses BEGIN
    INSERT INTO events (subject, subject_id, what) VALUES ('addresses', OLD.attempt_id, 'deleted ' || OLD.name);
END;
