// What the server tells of its own accord: shots that fill in while a run goes on, and what another tab decided.

import { say, sayError } from "./announcer.js";
import * as wire from "./wire.js";

const SOON = 120; // milliseconds in which what changed is gathered
const RETRY = 1500;

export class Events {
  constructor(cut, head) {
    this.cut = cut;
    this.head = head;
    this.changed = new Set();
  }

  listen() {
    this.source?.close();
    this.source = new EventSource("/events");
    this.source.onopen = () => this.opened();
    this.source.onmessage = (event) => this.told(JSON.parse(event.data));
    this.source.onerror = () => this.lost();
  }

  opened() {
    this.head.connection(true);
    if (this.wasAway) this.reload();
    this.wasAway = false;
  }

  lost() {
    this.wasAway = true;
    this.head.connection(false, "The page tries again; what was decided is kept.");
    if (this.source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.again);
    this.again = setTimeout(() => this.reach(), RETRY);
  }

  // A server that was started anew has another token: the old page may not be known to it.
  async reach() {
    try {
      await wire.getCut();
    } catch (error) {
      if (error.status === 401 || error.status === 403) {
        this.head.connection(false, "The review was started anew: open the link that it printed.");
      }
    }
    this.listen();
  }

  told(event) {
    if (event.kind === "shot") this.soon(event.id);
    else if (event.kind === "cut") this.reload();
    else if (event.kind === "saved") this.cut.saved(event.saved ?? true);
    else if (event.kind === "progress") this.progress(event);
    else if (event.kind === "asked") this.asked(event);
  }

  // Of one shot, or of the whole.
  progress(event) {
    const shot = this.cut.shots?.get(event.id);
    if (shot) this.cut.replace({ ...shot, ...only(event, ["progress", "state", "state_word"]) });
    else this.cut.told(only(event, ["cost", "running", "saved", "revision"]));
  }

  asked({ problems = [] }) {
    const wrong = problems.find((problem) => problem.severity === "error");
    if (wrong) sayError(wrong);
    else say("What was asked for again is performed.");
  }

  soon(id) {
    this.changed.add(id);
    this.timer ??= setTimeout(() => this.fetch(), SOON);
  }

  async fetch() {
    this.timer = null;
    const ids = [...this.changed];
    this.changed.clear();
    if (ids.length > 20) {
      await this.reload();
      return;
    }
    for (const id of ids) {
      await wire.getShot(id).then((shot) => this.cut.replace(shot), (error) => error.status && sayError(error));
    }
  }

  async reload() {
    await wire.getCut().then((data) => this.cut.load(data), sayError);
  }
}

const only = (event, keys) => Object.fromEntries(keys.filter((key) => event[key] !== undefined).map((key) => [key, event[key]]));
