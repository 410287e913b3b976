// The head of the page: what cut this is, whether it is saved, how a run stands, what it costs, what is wrong.

import { say, sayError } from "./announcer.js";
import { money, problemWords } from "./cue_editor.js";
import { button, el, find } from "./dom.js";
import * as wire from "./wire.js";

const SOON = 0.4; // seconds in which the server tells of a decision that was just taken

export class Head {
  constructor(cut) {
    this.cut = cut;
    find("#problems-button").addEventListener("click", () => this.problems());
    find("#changed-read").addEventListener("click", () => this.readAnew());
    cut.on("loaded changed told", () => this.show());
  }

  show() {
    const { data } = this.cut;
    find("#name").textContent = data.name;
    document.title = `${data.saved ? "" : "• "}${data.name} · reperform`;
    find("#save").disabled = Boolean(data.saved);
    find("#saved").textContent = data.saved ? "Saved" : "Not saved yet";
    find("#saved").className = data.saved ? "faint" : "unsaved";
    this.run(data);
    const { problems = [] } = data;
    find("#problems-button").hidden = !problems.length;
    find("#problems-count").textContent = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  }

  run(data) {
    const done = data.shots.filter((shot) => shot.state === "done").length;
    const failed = data.shots.filter((shot) => shot.state === "failed").length;
    const all = data.shots.length;
    const part = data.shots.reduce((sum, shot) => sum + (shot.state === "performing" ? (shot.progress ?? 0) : 0), 0);
    find("#run").hidden = !all;
    find("#run-words").textContent = [`${done} of ${all} performed`, failed ? `${failed} failed` : ""].filter(Boolean).join(", ");
    find("#run-cost").textContent = paid(data.cost);
    find("#run-bar").hidden = !data.running;
    find("#run-bar i").style.width = `${all ? (100 * (done + failed + part)) / all : 0}%`;
  }

  problems() {
    const { problems } = this.cut.data;
    const anew = button({ class: "plain", onclick: () => this.readAnew() }, "Read it anew");
    find("#problems").replaceChildren(...problems.map(problemWords), problems.some((one) => one.changed) ? anew : "");
    find("#problems-dialog").showModal();
  }

  async save() {
    if (this.cut.data.saved) await wire.pause(SOON);
    if (this.cut.data.saved) {
      say("Everything is saved.");
      return;
    }
    find("#save").disabled = true;
    try {
      const answer = await wire.save();
      this.cut.saved(true);
      const left = answer.left?.length ? ` Not written: ${answer.left.join(", ")}.` : "";
      say(`Saved to ${leaf(answer.path)}${answer.previous ? `; the version before is ${leaf(answer.previous)}` : ""}.${left}`, { seconds: 8 });
    } catch (error) {
      find("#save").disabled = false;
      if (error.changed) this.offerReading(error);
      else sayError(error);
    }
  }

  // The file is not what was read: it is read anew with what was decided, and can be saved then.
  offerReading(error) {
    find("#changed-words").textContent = [error.message, error.fix].filter(Boolean).join(" ");
    find("#changed").showModal();
  }

  async readAnew() {
    for (const dialog of ["#changed", "#problems-dialog"]) find(dialog).close();
    try {
      await wire.readAnew();
      this.cut.load(await wire.getCut());
      say("The timeline is read anew. What was decided stands.");
    } catch (error) {
      sayError(error);
    }
  }

  connection(is, words = "") {
    find("#away").hidden = is;
    find("#away").replaceChildren(el("b", { text: "Not connected." }), ` ${words}`);
  }
}

function paid(cost) {
  if (!cost) return "";
  const spent = Number(cost.spent ?? 0);
  const estimate = cost.estimate === null || cost.estimate === undefined ? 0 : Number(cost.estimate);
  if (!spent && !estimate) return "";
  const so = money(spent, cost.currency);
  return estimate > spent ? `${spent ? so : "nothing"} of about ${money(estimate, cost.currency)} spent` : `${so} spent`;
}

const leaf = (path) => String(path ?? "").split(/[\\/]/).at(-1);
