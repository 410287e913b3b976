-- Every statement the ledger runs: a line `-- name:`, what it is for, the statement.

-- name: begin_session
-- This run of the program, so that its claims can be told from those of a dead one.
INSERT INTO sessions (id, host, pid) VALUES (:id, :host, :pid);

-- name: session
-- Which process that is, for people.
SELECT id, host, pid, started_at FROM sessions WHERE id = :id;

-- name: begin_run
INSERT INTO runs (id, timeline, out, plan, writing, base_url, max_cost_usd, allow_unknown_cost)
VALUES (:id, :timeline, :out, :plan, :writing, :base_url, :max_cost_usd, :allow_unknown_cost)
RETURNING *;

-- name: go_on_with_run
-- The same cut to the same place, before it came to its end: what was allowed then still holds, unless it is said anew.
UPDATE runs
SET plan = :plan,
    writing = :writing,
    max_cost_usd = coalesce(:max_cost_usd, max_cost_usd),
    allow_unknown_cost = max(:allow_unknown_cost, allow_unknown_cost)
WHERE id = :id
RETURNING *;

-- name: end_run
UPDATE runs SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = :id;

-- name: run
SELECT * FROM runs WHERE id = :id;

-- name: open_runs
-- Those that have not come to their end, oldest first.
SELECT * FROM runs WHERE ended_at IS NULL ORDER BY begun_at, id;

-- name: runs_of_timeline
-- The newest first; a few say all that can still be in the cut.
SELECT * FROM runs WHERE timeline = :timeline ORDER BY begun_at DESC, id LIMIT 20;

-- name: runs_at
-- Those of this timeline, and those that wrote it.
SELECT * FROM runs WHERE timeline = :path OR out = :path ORDER BY begun_at DESC, id;

-- name: last_runs
-- Of each timeline, the newest first.
SELECT * FROM runs AS run WHERE NOT EXISTS (
    SELECT 1 FROM runs AS later
    WHERE later.timeline = run.timeline AND (later.begun_at, later.rowid) > (run.begun_at, run.rowid)
) ORDER BY begun_at DESC, rowid DESC;

-- name: spent
-- What a run has cost so far, but for one attempt: as stated, else, where something may be billed, as estimated.
SELECT coalesce(sum(CASE
    WHEN state IN ('planned', 'prepared', 'uploaded', 'rejected', 'cancelled') THEN coalesce(cost_usd, 0)
    WHEN state = 'failed' AND again = 'freely' THEN coalesce(cost_usd, 0)
    ELSE coalesce(cost_usd, estimate_usd, 0)
END), 0) AS usd
FROM attempts
WHERE run_id = :run_id AND id <> :but_for;

-- name: add_attempt
-- One request, before it is sent.
INSERT INTO attempts (id, session_id, engine, model, shot, job, settings, estimate_usd, run_id, origin)
VALUES (:id, :session_id, :engine, :model, :shot, :job, :settings, :estimate_usd, :run_id, :origin);

-- name: attempt
SELECT * FROM attempts WHERE id = :id;

-- name: attempts
-- All of them, oldest first: what `status` shows.
SELECT * FROM attempts ORDER BY created_at, id;

-- name: open_attempts
-- Those that something still has to be done for.
SELECT * FROM attempts
WHERE state IN ('planned', 'prepared', 'uploaded', 'submitting', 'submitted', 'finished')
ORDER BY created_at, id;

-- name: unknown_attempts
-- Those of which nobody knows whether they arrived, and that no later attempt stands for.
SELECT * FROM attempts
WHERE state = 'unknown' AND EXISTS (SELECT 1 FROM cues WHERE cues.attempt_id = attempts.id)
ORDER BY created_at, id;

-- name: move_attempt
-- Only from the state it was read in: two processes cannot both move it. What is not given stays as it was.
UPDATE attempts
SET state = :state,
    remote_id = coalesce(:remote_id, remote_id),
    cost_usd = coalesce(:cost_usd, cost_usd),
    estimate_usd = coalesce(:estimate_usd, estimate_usd),
    error = coalesce(:error, error),
    again = coalesce(:again, again),
    sent_at = CASE :state
        WHEN 'submitting' THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
        WHEN 'uploaded' THEN NULL
        ELSE sent_at
    END,
    changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE id = :id AND state = :from_state
RETURNING *;

-- name: count_against
-- The run that goes on with an attempt pays for it, where no run does yet.
UPDATE attempts SET run_id = :run_id WHERE id = :id AND run_id IS NULL
RETURNING *;

-- name: adopt_attempt
-- Take over the attempt of a session that has died; nothing happens if another took it first.
UPDATE attempts
SET session_id = :session_id, changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE id = :id AND session_id = :from_session_id
RETURNING *;

-- name: claim
-- The holder of a claim, and whether it is paid already.
SELECT cues.key, cues.attempt_id, attempts.state, attempts.again, attempts.session_id, results.id AS result_id,
       (SELECT count(*) FROM attempt_cues JOIN attempts AS earlier ON earlier.id = attempt_cues.attempt_id
        WHERE attempt_cues.cue_key = cues.key AND earlier.again = 'once') AS tried
FROM cues
JOIN attempts ON attempts.id = cues.attempt_id
LEFT JOIN results ON results.cue_key = cues.key
WHERE cues.key = :key;

-- name: add_claim
INSERT INTO cues (key, engine, model, parameters, take_number, frames, picture, voice, attempt_id)
VALUES (:key, :engine, :model, :parameters, :take_number, :frames, :picture, :voice, :attempt_id);

-- name: take_over_claim
-- After the attempt that held it failed for certain.
UPDATE cues
SET attempt_id = :attempt_id, claimed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE key = :key;

-- name: add_attempt_cue
-- Which output of the attempt answers this cue, and at which of its frames the cue begins.
INSERT INTO attempt_cues (attempt_id, cue_key, output, first_frame) VALUES (:attempt_id, :key, :output, :first_frame);

-- name: cues_of_attempt
SELECT attempt_cues.cue_key AS key, attempt_cues.output, attempt_cues.first_frame, cues.frames, cues.take_number
FROM attempt_cues
JOIN cues ON cues.key = attempt_cues.cue_key
WHERE attempt_cues.attempt_id = :attempt_id
ORDER BY attempt_cues.output, attempt_cues.first_frame, attempt_cues.cue_key;

-- name: add_result
INSERT INTO results (id, cue_key, attempt_id, output, file, sha256, first_frame, frames_sent, facts, alignment, cost_usd)
VALUES (:id, :key, :attempt_id, :output, :file, :sha256, :first_frame, :frames_sent, :facts, :alignment, :cost_usd);

-- name: claims_of_attempt
-- What an attempt was made for, with all that tells it from others.
SELECT cues.key, cues.engine, cues.model, cues.parameters, cues.take_number, cues.frames, cues.picture, cues.voice,
       attempt_cues.output, attempt_cues.first_frame
FROM attempt_cues
JOIN cues ON cues.key = attempt_cues.cue_key
WHERE attempt_cues.attempt_id = :attempt_id
ORDER BY attempt_cues.cue_key;

-- name: results_of_attempt
SELECT * FROM results WHERE attempt_id = :attempt_id ORDER BY id;

-- name: frames_of_claim
SELECT picture, voice FROM cues WHERE key = :key;

-- name: add_result_frame
INSERT INTO result_frames (digest, cue_key, position) VALUES (:digest, :key, :position);

-- name: result_by_key
SELECT results.*, cues.engine, cues.model, cues.parameters, cues.take_number, cues.frames, cues.picture, cues.voice
FROM results
JOIN cues ON cues.key = results.cue_key
WHERE results.cue_key = :key;

-- name: results_with_frame
-- Paid results, made with the same parameters, that hold this frame with this voice against it: candidates for coverage.
-- `seen_` is the media that the frame was found in: here that of the claim itself.
SELECT results.*, cues.engine, cues.model, cues.parameters, cues.take_number, cues.frames, cues.picture, cues.voice,
       result_frames.position, cues.picture AS seen_picture, cues.voice AS seen_voice, 0 AS seen_first
FROM result_frames
JOIN cues ON cues.key = result_frames.cue_key
JOIN results ON results.cue_key = cues.key
WHERE result_frames.digest = :digest
  AND cues.engine = :engine AND cues.model = :model AND cues.parameters = :parameters AND cues.take_number = :take_number
ORDER BY results.kept_at, results.id, result_frames.position;

-- name: results_standing_for_frame
-- The same, of results that stand for this frame of other media; of those laid in through a view, by the parameters without it.
SELECT results.*, cues.engine, cues.model, cues.parameters, cues.take_number, cues.frames, cues.picture, cues.voice,
       stand_in_frames.position, stand_ins.picture AS seen_picture, stand_ins.voice AS seen_voice,
       stand_ins.first_frame AS seen_first
FROM stand_in_frames
JOIN stand_ins ON stand_ins.id = stand_in_frames.stand_in
JOIN cues ON cues.key = stand_ins.cue_key
JOIN results ON results.cue_key = cues.key
WHERE stand_in_frames.digest = :digest
  AND cues.engine = :engine AND cues.model = :model AND cues.take_number = :take_number
  AND (cues.parameters = :parameters AND stand_ins.viewing = ''
       OR cues.parameters = :unviewed AND stand_ins.viewing = :viewing)
ORDER BY results.kept_at, results.id, stand_in_frames.position;

-- name: add_stand_in
-- Nothing is returned where it is known already.
INSERT INTO stand_ins (cue_key, first_frame, frames, picture, voice, viewing)
VALUES (:key, :first_frame, :frames, :picture, :voice, :viewing)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: add_stand_in_frame
INSERT INTO stand_in_frames (digest, stand_in, position) VALUES (:digest, :stand_in, :position);

-- name: stand_ins_of_attempt
SELECT stand_ins.cue_key AS key, stand_ins.first_frame, stand_ins.frames, stand_ins.picture, stand_ins.voice, stand_ins.viewing
FROM stand_ins
JOIN results ON results.cue_key = stand_ins.cue_key
WHERE results.attempt_id = :attempt_id
ORDER BY stand_ins.id;

-- name: results
-- All of them, oldest first.
SELECT results.*, cues.engine, cues.model, cues.parameters, cues.take_number, cues.frames, cues.picture, cues.voice
FROM results
JOIN cues ON cues.key = results.cue_key
ORDER BY results.kept_at, results.id;

-- name: note_quick_key
INSERT INTO quick_keys (quick_key, takes) VALUES (:quick_key, :takes)
ON CONFLICT (quick_key) DO UPDATE SET takes = excluded.takes WHERE excluded.takes > quick_keys.takes;

-- name: quick_key
SELECT takes FROM quick_keys WHERE quick_key = :quick_key;

-- name: note_output
INSERT INTO outputs (path, sha256) VALUES (:path, :sha256)
ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256 WHERE excluded.sha256 <> outputs.sha256;

-- name: outputs
SELECT path, sha256 FROM outputs ORDER BY path;

-- name: store_address
-- An address that is given again is replaced: uploads are repeated.
INSERT INTO addresses (attempt_id, name, address, facts) VALUES (:attempt_id, :name, :address, :facts)
ON CONFLICT (attempt_id, name) DO UPDATE SET address = excluded.address, facts = excluded.facts;

-- name: addresses_of_attempt
-- For the engine's next step only; no command may print what this returns.
SELECT name, address, facts FROM addresses WHERE attempt_id = :attempt_id ORDER BY name;

-- name: forget_addresses
DELETE FROM addresses WHERE attempt_id = :attempt_id;

-- name: take_by_identity
SELECT * FROM takes WHERE identity = :identity;

-- name: takes_of_source
-- Finished ones, oldest first.
SELECT * FROM takes WHERE source_identity = :source_identity AND document IS NOT NULL ORDER BY numbered_at, number, id;

-- name: takes
SELECT * FROM takes WHERE document IS NOT NULL ORDER BY numbered_at, number, id;

-- name: highest_take_number
-- Among the takes that a conform by reel and timecode could confuse: same name, overlapping time.
SELECT coalesce(max(number), 0) AS number FROM takes
WHERE stem = :stem AND clock = :clock AND in_frame < :end_frame AND in_frame + frames > :in_frame;

-- name: take_by_file
SELECT * FROM takes WHERE file = :file;

-- name: take_by_id
SELECT * FROM takes WHERE id = :id;

-- name: add_take
INSERT INTO takes (id, number, stem, identity, source_identity, clock, in_frame, frames, performed, settings, file)
VALUES (:id, :number, :stem, :identity, :source_identity, :clock, :in_frame, :frames, :performed, :settings, :file)
RETURNING *;

-- name: finish_take
UPDATE takes SET document = :document WHERE id = :id;

-- name: choose
INSERT INTO choices (source_identity, in_frame, frames, take_id, shot)
VALUES (:source_identity, :in_frame, :frames, :take_id, :shot);

-- name: choices
-- Those that overlap this range, the newest first.
SELECT source_identity, in_frame, frames, take_id, shot, chosen_at FROM choices
WHERE source_identity = :source_identity AND in_frame < :end_frame AND in_frame + frames > :in_frame
ORDER BY id DESC;

-- name: events
-- What happened to one thing, in order.
SELECT id, at, subject, subject_id, what FROM events WHERE subject = :subject AND subject_id = :subject_id ORDER BY id;

-- name: events_after
-- Everything that happened since an event that was seen.
SELECT id, at, subject, subject_id, what FROM events WHERE id > :id ORDER BY id;

-- name: decide
INSERT INTO decisions (timeline, shot, version, action, frame, timecode, text, note)
VALUES (:timeline, :shot, :version, :action, :frame, :timecode, :text, :note)
RETURNING *;

-- name: drop_undone
-- Something new was decided: what was undone before it cannot be done again.
UPDATE decisions SET state = 'dropped' WHERE timeline = :timeline AND state = 'undone';

-- name: decisions
-- Those that stand, in order.
SELECT * FROM decisions WHERE timeline = :timeline AND state = 'stands' ORDER BY id;

-- name: undo_decision
UPDATE decisions SET state = 'undone'
WHERE id = (SELECT max(id) FROM decisions WHERE timeline = :timeline AND state = 'stands')
RETURNING *;

-- name: redo_decision
UPDATE decisions SET state = 'stands'
WHERE id = (SELECT min(id) FROM decisions WHERE timeline = :timeline AND state = 'undone')
RETURNING *;

-- name: decision_changes
SELECT id, shot FROM decision_changes WHERE timeline = :timeline AND id > :id ORDER BY id;

-- name: last_decision_change
SELECT coalesce(max(id), 0) AS id FROM decision_changes WHERE timeline = :timeline;

-- name: last_event
SELECT coalesce(max(id), 0) AS id FROM events;
