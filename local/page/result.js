// Shows the answer to a person: the decision on a scale, or the problem and what to do.

import { element, svg } from "./element.js";
import { DECISIONS, advice, sentence } from "./words.js";

const SIGNS = {
  live: "M22 4a18 18 0 1 0 .1 0M13.5 22.5l6 6 11.5-12.5",
  not_live: "M22 4a18 18 0 1 0 .1 0M15 15l14 14M29 15l-14 14",
  inconclusive: "M22 4a18 18 0 1 0 .1 0M16.5 17.5c0-7.5 11-7.5 11 0 0 4.5-5.5 4-5.5 8.5M22 31.5v.1",
  problem: "M22 5 41 38H3zM22 17v9M22 31.5v.1",
};

export function verdict(answer, key, again) {
  const verification = answer.body;
  return card(verification.decision, DECISIONS[verification.decision], [
    element("p", { class: "sentence" }, sentence(verification)),
    answer.header("Idempotency-Replayed") === "true" ? replayed() : null,
    verification.faces.length ? scale(verification.score, verification.threshold) : null,
    figures(answer, key, verification),
    element("div", { class: "actions" }, element("button", { type: "button", class: "quiet", onclick: again }, "Send the same again")),
  ]);
}

export function problem(answer, key, again) {
  const body = answer.body;
  return card("problem", body.title, [
    element("p", { class: "sentence" }, body.detail),
    element("p", { class: "advice" }, element("strong", {}, "What to do: "), advice(body)),
    answer.header("Idempotency-Replayed") === "true" ? replayed() : null,
    figures(answer, key, body),
    body.retryable ? element("div", { class: "actions" }, retry(answer.header("Retry-After"), again)) : null,
  ]);
}

function card(tone, title, content) {
  const sign = svg("svg", { viewBox: "0 0 44 44", "aria-hidden": "true" }, svg("path", { d: SIGNS[tone] }));
  const heading = element("div", { class: "verdict" }, sign, element("h2", {}, title));
  return element("article", { class: "card", "data-tone": tone, tabindex: -1 }, heading, ...content);
}

function replayed() {
  return element(
    "p",
    { class: "replayed" },
    "Answered from the record: same key, same picture. The liveness API was not called again; nothing was paid twice.",
  );
}

function scale(score, threshold) {
  const words = `Score ${score} on a scale from 0 to 1; live from ${threshold}`;
  const parts = [
    element("div", { class: "scale-bar" }),
    at(threshold, element("div", { class: "scale-pass" })),
    at(threshold, element("div", { class: "scale-threshold" })),
    at(score, element("div", { class: "scale-score" })),
    at(threshold, element("span", { class: "scale-above", "data-side": side(threshold) }, `threshold ${threshold}`)),
    at(score, element("span", { class: "scale-below", "data-side": side(score) }, `score ${score}`)),
    score < 0.2 ? null : element("span", { class: "scale-end", "data-side": "start" }, "0"),
    score > 0.8 ? null : element("span", { class: "scale-end", "data-side": "end" }, "1"),
  ];
  return element("div", { class: "scale", role: "img", "aria-label": words }, ...parts);
}

function at(value, part) {
  part.style.left = `${100 * Math.min(1, Math.max(0, value))}%`;
  return part;
}

// The side of a label near an end, so that it stays inside the card.
function side(value) {
  return value < 0.15 ? "start" : value > 0.85 ? "end" : undefined;
}

function figures(answer, key, body) {
  const rows = [
    ["HTTP", `${answer.status || "no answer"}${body.code ? ` · ${body.code}` : ""} · ${Math.round(answer.took)} ms`],
    ["Verification", body.verification_id],
    ["Idempotency", key],
    ["Correlation", body.correlation_id ?? answer.header("X-Correlation-Id")],
  ];
  const shown = rows.filter(([, value]) => value);
  return element("dl", { class: "figures" }, ...shown.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

// Offers the same request again, not before `Retry-After` has passed.
function retry(after, again) {
  const button = element("button", { type: "button", class: "quiet primary", onclick: again }, "Try again");
  const wait = (left) => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
    if (left > 0) setTimeout(wait, 1000, left - 1);
  };
  const seconds = Number.parseInt(after ?? "0", 10);
  wait(Number.isFinite(seconds) ? Math.min(seconds, 120) : 0);
  return button;
}
