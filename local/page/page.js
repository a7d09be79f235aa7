// The demo page: sends a picture, and shows the decision and what the gateway stored and announced.

import { Boxes } from "./boxes.js";
import { element } from "./element.js";
import { Follow } from "./follow.js";
import { problem, verdict } from "./result.js";
import { newKey, send } from "./send.js";
import { Source } from "./source.js";
import { ANSWERS, afterwards, outcomeName, tooLargeFor } from "./words.js";

const by = (id) => document.getElementById(id);
const boxes = new Boxes(by("boxes"), by("picture"));
const follow = new Follow(by("timeline"), by("panels"));
const source = new Source(
  {
    frame: by("frame"),
    video: by("video"),
    picture: by("picture"),
    shutter: by("shutter"),
    file: by("file"),
    outcome: by("outcome"),
    about: by("about-picture"),
    openCamera: by("open-camera"),
    closeCamera: by("close-camera"),
    chooseFile: by("choose-file"),
    useSample: by("use-sample"),
  },
  pictureChanged,
);
const AROUND = 1000; // what the form has around the picture, at most
let config = null;

function pictureChanged() {
  clear();
  const large = tooLarge();
  by("verify").disabled = !config || large;
  if (large) by("about-picture").textContent += ` · ${tooLargeFor(config.longest_body)}`;
  else by("verify").focus({ preventScroll: true });
}

// Looked at before it is uploaded: above 10 MB API Gateway answers what no page may read.
function tooLarge() {
  return Boolean(config && source.picture) && source.picture.blob.size + AROUND > config.longest_body;
}

function clear() {
  boxes.clear();
  follow.clear();
  by("result").replaceChildren();
  by("waiting").hidden = false;
}

async function start() {
  try {
    const answer = await fetch("/local/config.json");
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    config = await answer.json();
  } catch (error) {
    by("about-picture").textContent = `The gateway's settings cannot be read (${error.message}). Check that it is running, then reload.`;
    return;
  }
  by("stage").textContent = config.stage;
  by("sandbox-notice").hidden = !config.sandbox;
  offerOutcomes(config.sandbox ? config.outcomes : []);
  joinThresholds();
  by("verify").disabled = !source.picture || tooLarge();
}

function offerOutcomes(outcomes) {
  by("outcome-setting").hidden = outcomes.length === 0;
  const option = (name) => element("option", { value: name }, outcomeName(name));
  const answers = outcomes.filter((name) => ANSWERS.includes(name));
  const faults = outcomes.filter((name) => !ANSWERS.includes(name));
  by("outcome").replaceChildren(
    element("optgroup", { label: "An answer" }, ...answers.map(option)),
    element("optgroup", { label: "A fault" }, ...faults.map(option)),
  );
  by("outcome").addEventListener("change", () => { by("outcome-hint").textContent = afterwards(by("outcome").value); });
}

function joinThresholds() {
  const [slider, number] = [by("threshold-slider"), by("threshold")];
  slider.value = number.value = config.default_threshold;
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => { if (number.value) slider.value = number.value; });
  if (config.minimum_threshold > 0) {
    by("threshold-hint").textContent = `Live from this score upwards. This stage accepts ${config.minimum_threshold} or more.`;
  }
}

async function verify(verification) {
  clear();
  follow.expect();
  by("waiting").hidden = true;
  by("verify").disabled = true;
  by("form").inert = true; // the answer must belong to the picture shown
  const progress = new Progress();
  let answer = null;
  try {
    await scriptOutcome(verification.outcome);
    answer = await send(verification, config.api_key, (share) => progress.uploaded(share));
  } finally {
    progress.end();
    by("form").inert = false;
    by("verify").disabled = false;
  }
  show(answer, verification);
}

// Replaces what is queued: an outcome that was not used must not be applied to the next request.
async function scriptOutcome(outcome) {
  if (!config.sandbox || !outcome) return;
  const body = JSON.stringify({ outcome, replace: true });
  await fetch("/local/sandbox/next", { method: "PUT", headers: { "content-type": "application/json" }, body }).catch(() => {});
}

function show(answer, verification) {
  const good = answer.status >= 200 && answer.status < 300 && answer.body.status === "completed";
  // A completed verification is answered from the record, so no outcome is scripted for its repetition.
  const again = () => verify({ ...verification, outcome: good ? "" : by("outcome").value });
  const card = good ? verdict(answer, verification.key, again) : problem(answer, verification.key, again);
  by("result").replaceChildren(card);
  if (good) boxes.show(answer.body, verification.picture.orientation);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  follow.start(answer);
}

// Shows the share uploaded, then how long the liveness API has been waited for.
class Progress {
  #timer = null;

  constructor() {
    by("progress").hidden = false;
    this.uploaded(0);
    by("progress").scrollIntoView({ block: "nearest" });
  }

  uploaded(share) {
    if (share < 1) {
      by("progress-bar").value = share;
      by("progress-words").textContent = `Uploading: ${Math.round(100 * share)} %`;
    } else if (!this.#timer) {
      by("progress-bar").removeAttribute("value");
      this.#tick(0);
    }
  }

  #tick(seconds) {
    by("progress-words").textContent = seconds < 2 ? "Waiting for the liveness API …" : `Waiting for the liveness API … ${seconds} s`;
    this.#timer = setTimeout(() => this.#tick(seconds + 1), 1000);
  }

  end() {
    clearTimeout(this.#timer);
    by("progress").hidden = true;
  }
}

by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!source.picture || by("verify").disabled) return;
  verify({ key: newKey(), picture: source.picture, threshold: by("threshold").value, outcome: by("outcome").value });
});

start();
