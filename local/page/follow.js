// Shows the stored record and the events of a verification as they arrive.

import { element } from "./element.js";
import { json } from "./json.js";

const POLL_MS = 200;
const GIVE_UP_MS = 60_000;

const CALLED = {
  completed: "The liveness API was called and returned a score.",
  failed: "The liveness API was not reached, or refused before charging. Nothing was paid.",
  unknown: "The liveness API was called, but returned no usable answer. It may have charged for it.",
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

  // Shows all steps as not done.
  expect() {
    this.#timeline.replaceChildren(...steps({ record: null, events: [] }));
  }

  // Shows the answer at once, then the record and the events until the last event has arrived.
  async start(answer) {
    this.clear();
    const run = this.#run;
    const seen = { answer, record: null, events: [] };
    const id = answer.body.verification_id;
    this.#draw(seen, Boolean(id));
    const until = performance.now() + GIVE_UP_MS;
    while (id && performance.now() < until) {
      const [record, events] = await Promise.all([read(`/local/records/${id}`), read(`/local/events?verification_id=${id}`)]);
      if (run !== this.#run) return;
      const changed = JSON.stringify([record, events]) !== JSON.stringify([seen.record, seen.events]);
      Object.assign(seen, { record, events: events ?? [] });
      if (changed) this.#draw(seen, true);
      if (complete(seen)) return;
      await new Promise((done) => setTimeout(done, POLL_MS));
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

// True when the record has ended and its latest version has an event.
function complete({ record, events }) {
  const version = record?.version;
  return version > 0 && record.status !== "processing" && events.some((event) => event.detail.metadata.version === version);
}

async function read(path) {
  try {
    const answer = await fetch(path, { headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the next poll tries again
  }
}

function steps({ record, events }) {
  const done = record && record.status !== "processing";
  const event = events.at(-1);
  const rows = [
    ["Claimed", record ? "A record was written before any money was spent." : "A record is written before any money is spent.", record?.created_at, record],
    ["Called", done ? CALLED[record.status] : "The liveness API is called.", null, done],
    ["Stored", done ? `Stored as ${record.status}. The same write queues the event.` : "The result is stored in one write.", record?.settled_at, done],
    ["Announced", event ? event["detail-type"] : "An event is put on the event bus.", event?.time, event],
    ["Received", event ? "The demo consumer's queue has the event, as another team's would." : "A consumer's queue receives the event.", event?.received_at, event],
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

// With milliseconds if the timestamp has them: EventBridge's own has whole seconds.
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
