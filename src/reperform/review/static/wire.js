// What goes to the server and what comes back. An error has the server's own words, and what to do.

export class Refused extends Error {
  constructor(message, fix, status, changed = false) {
    super(message);
    this.fix = fix || "";
    this.status = status;
    this.changed = changed; // the timeline's file was, by somebody else
  }
}

export async function call(path, body, method = body === undefined ? "GET" : "POST") {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: method === "GET" ? {} : { "X-Reperform": "1", "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refused("The server does not answer.", "Is `reperform review` still running in its terminal?", 0);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.message || `The server answered ${answer.status}.`, said.fix, answer.status, said.changed);
  return said;
}

export const getCut = () => call("/api/cut");
export const getShot = (id) => call(`/api/shots/${encodeURIComponent(id)}`);
export const decide = (shot, version, action, more = {}) => call("/api/decide", { shot, version, action, ...more });
export const undo = () => call("/api/undo", {});
export const redo = () => call("/api/redo", {});
export const save = () => call("/api/save", {});
export const readAnew = () => call("/api/read", {});
export const ask = (wanted) => call("/api/ask", wanted);
export const agree = (id) => call(`/api/ask/${encodeURIComponent(id)}/yes`, {});
export const withdraw = (id) => call(`/api/ask/${encodeURIComponent(id)}`, undefined, "DELETE");

const MOST_SECONDS = 3;

// True when the medium can be fetched; false when it never will be, or `still()` says that nobody waits any more.
export async function whenReady(url, still) {
  while (still()) {
    let answer;
    try {
      answer = await fetch(url, { headers: { Range: "bytes=0-0" }, credentials: "same-origin" });
    } catch {
      await pause(1);
      continue;
    }
    if (answer.body) answer.body.cancel().catch(() => {});
    if (answer.status === 200 || answer.status === 206) return true;
    if (answer.status !== 202 && answer.status !== 503) return false;
    await pause(Math.min(MOST_SECONDS, Number(answer.headers.get("Retry-After")) || 0.4));
  }
  return false;
}

export async function getWhenReady(url, kind, still = () => true) {
  while (still()) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (answer.status === 200) return answer[kind]();
    if (answer.status !== 202 && answer.status !== 503) return null;
    await pause(Math.min(MOST_SECONDS, Number(answer.headers.get("Retry-After")) || 0.5));
  }
  return null;
}

export const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
