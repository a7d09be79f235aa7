// What the gateway's stable words mean to a person.

export const DECISIONS = {
  live: "Live",
  not_live: "Not live",
  inconclusive: "Inconclusive",
};

const REASONS = {
  no_face: "No face was found in the picture.",
  multiple_faces: "Several faces were found, and the one score cannot be given to one of them.",
};

export function sentence(verification) {
  const score = verification.score;
  const threshold = verification.threshold;
  if (verification.decision === "live") {
    return `The score ${score} reaches the threshold ${threshold}.`;
  }
  if (verification.decision === "not_live") {
    return `The score ${score} stays below the threshold ${threshold}.`;
  }
  return verification.reasons.map((reason) => REASONS[reason] ?? reason).join(" ");
}

// What to do about a problem, by its code. Anything unknown falls back on `retryable`.
const ADVICE = {
  malformed_request: "Choose the picture again and send it once more.",
  unauthorized: "Reload this page: it asks for a fresh key.",
  forbidden: "Ask whoever runs this gateway what your key may do.",
  in_progress: "Wait a moment, then try again: you get the answer that is on its way.",
  too_large: "Scale the picture down, or take one with the camera here.",
  unsupported_media: "Convert the picture to JPEG or PNG; a screenshot of it will do.",
  invalid_selfie: "Choose another picture, saved whole as JPEG or PNG.",
  invalid_threshold: "Set a threshold that this stage takes, then verify again.",
  idempotency_conflict: "Verify again: a new verification gets a new key.",
  rate_limited: "Wait a moment, then try again.",
  internal: "Try again: the same request is never paid twice.",
  upstream_bad_answer: "This one may have been paid and is closed as unknown. Verify again to start, and pay for, a new one.",
  upstream_limit: "Nothing was paid. The operator has to raise the limit of the liveness API.",
  upstream_unavailable: "Nothing was paid. Try again: the same request is never paid twice.",
  upstream_timeout: "This one may have been paid and is closed as unknown. Verify again to start, and pay for, a new one.",
  unreachable: "See whether the gateway still runs, then try again: the same request is never paid twice.",
};

export function advice(problem) {
  return ADVICE[problem.code] ?? (problem.retryable ? "Try again in a moment." : "Change the request, then verify again.");
}

const OUTCOMES = {
  live: "A live face",
  not_live: "A face that is not live",
  no_face: "No face",
  multiple_faces: "Several faces",
  slow: "A live face, after 4 seconds",
  unauthorized: "Wrong credentials (401)",
  limit: "Usage limit reached (403)",
  too_many_requests: "Too many requests (429)",
  server_error: "Server error (500)",
  unavailable: "Not available (503)",
  cut: "Nothing: the connection is cut",
  broken_body: "Half an answer",
};

// What an outcome leaves behind for the requests after it.
const AFTER = {
  unauthorized: "Afterwards the gateway stops asking for a minute: its circuit breaker opens.",
  limit: "Afterwards the gateway stops asking for a minute: its circuit breaker opens.",
};

export function afterwards(outcome) {
  return AFTER[outcome] ?? "";
}

export const ANSWERS = ["live", "not_live", "no_face", "multiple_faces", "slow"];

export function outcomeName(outcome) {
  return OUTCOMES[outcome] ?? outcome.replaceAll("_", " ");
}

export function bytes(size) {
  if (size < 1000) return `${size} bytes`;
  return size < 1_000_000 ? `${Math.round(size / 1000)} KB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
