// What the gateway left behind an answer: the stored record and the events, as they arrive.

import { element } from "./element.js";
import { json } from "./json.js";

const EVERY = 400;
const LONGEST = 60_000;

const ASKED = {
  completed: "The liveness API was asked, and answered.",
  failed: "The liveness API refused before charging, or was not reached: nothing was paid.",
  unknown: "The liveness API was asked; no answer that can be trusted came back. It may have been paid.",
};

export class Follow {
  #timeline;
  #panels;
  #run = 0;

  constructor(timeline, panels) {
    this.#timeline = timeline;
    this.#panels = panels;
  }

  clear() {
    this.#run += 1;
    this.#timeline.replaceChildren();
    this.#panels.replaceChildren();
  }

  // The steps that are about to be taken, none of them done.
  expect() {
    this.#timeline.replaceChildren(...steps({ record: null, events: [] }));
  }

  // Shows the answer at once, then record and events until the event has come.
  async start(answer) {
    this.clear();
    const run = this.#run;
    const seen = { answer, record: null, events: [] };
    const id = answer.body.verification_id;
    this.#draw(seen, Boolean(id));
    const until = performance.now() + LONGEST;
    while (id && performance.now() < until) {
      const [record, events] = await Promise.all([read(`/local/records/${id}`), read(`/local/events?verification_id=${id}`)]);
      if (run !== this.#run) return;
      const changed = JSON.stringify([record, events]) !== JSON.stringify([seen.record, seen.events]);
      Object.assign(seen, { record, events: events ?? [] });
      if (changed) this.#draw(seen, true);
      if (settled(seen)) return;
      await new Promise((done) => setTimeout(done, EVERY));
    }
  }

  #draw(seen, followed) {
    this.#timeline.replaceChildren(...(followed ? steps(seen) : []));
    const open = new Set([...this.#panels.children].filter((panel) => panel.open).map((panel) => panel.dataset.name));
    this.#panels.replaceChildren(...panels(seen).map((panel) => {
      panel.open = open.has(panel.dataset.name);
      return panel;
    }));
  }
}

// Every terminal version of the record has its event.
function settled({ record, events }) {
  const version = record?.version;
  return version > 0 && record.status !== "processing" && events.some((event) => event.detail.metadata.version === version);
}

async function read(path) {
  try {
    const answer = await fetch(path, { headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the next round asks again
  }
}

function steps({ record, events }) {
  const done = record && record.status !== "processing";
  const event = events.at(-1);
  const rows = [
    ["Claimed", record ? "A record was written before any money was spent." : "A record is written before any money is spent.", record?.created_at, record],
    ["Asked", done ? ASKED[record.status] : "The liveness API is asked.", null, done],
    ["Stored", done ? `As ${record.status}, in one write that is also the outbox.` : "The result, in one write.", record?.settled_at, done],
    ["Announced", event ? event["detail-type"] : "On the event bus.", event?.time, event],
    ["Received", event ? "By the demo consumer's queue, as another team would." : "By a consumer's queue.", event?.received_at, event],
  ];
  const next = rows.findIndex((row) => !row[3]);
  return rows.map(([name, words, time, state], index) => step(name, words, time, state ? "done" : index === next ? "next" : "later"));
}

function step(name, words, time, state) {
  return element(
    "li",
    { class: "step", "data-state": state, "data-step": name.toLowerCase() },
    element("span", { class: "step-dot", "aria-hidden": "true" }),
    element("span", { class: "step-name" }, name, element("span", { class: "visually-hidden" }, state === "done" ? " (done)" : " (not yet)")),
    time ? element("time", { class: "step-time", datetime: time }, clock(time)) : null,
    element("span", { class: "step-words" }, words),
  );
}

// To the millisecond where the stamp has them: EventBridge's own time knows seconds only.
function clock(stamp) {
  const moment = new Date(stamp);
  if (Number.isNaN(moment.getTime())) return stamp;
  const digits = stamp.includes(".") ? { fractionalSecondDigits: 3 } : {};
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", ...digits });
}

function panels({ answer, record, events }) {
  const shown = [panel("answer", "Answer", `HTTP ${answer.status || "none"}`, answer.body)];
  if (record) shown.push(panel("record", "Stored record", record.status, record));
  for (const event of events) shown.push(panel(`event-${event.id}`, "Event", event["detail-type"], event));
  return shown;
}

function panel(name, title, small, value) {
  const summary = element("summary", {}, element("span", {}, title), element("small", {}, small));
  return element("details", { class: "panel", "data-name": name, "data-kind": name.split("-")[0] }, summary, json(value));
}
