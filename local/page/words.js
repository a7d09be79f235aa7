// The gateway's codes in words.

export const DECISIONS = {
  live: "Live",
  not_live: "Not live",
  inconclusive: "Inconclusive",
};

const REASONS = {
  no_face: "No face was found in the picture.",
  multiple_faces: "Several faces were found; the single score belongs to none of them.",
};

export function sentence(verification) {
  const score = verification.score;
  const threshold = verification.threshold;
  if (verification.decision === "live") {
    return `The score ${score} reaches the threshold ${threshold}.`;
  }
  if (verification.decision === "not_live") {
    return `The score ${score} is below the threshold ${threshold}.`;
  }
  return verification.reasons.map((reason) => REASONS[reason] ?? reason).join(" ");
}

// What to do about a problem, by its code. For any other code, `retryable` decides.
const ADVICE = {
  malformed_request: "Choose the picture again and send it again.",
  unauthorized: "Reload this page: it gets the current key.",
  forbidden: "Ask the operator of this gateway what your key allows.",
  in_progress: "The same request is still being processed. Wait a moment, then try again for its result.",
  too_large: "Scale the picture down, or use the camera here.",
  unsupported_media: "Convert the picture to JPEG or PNG; a screenshot of it will do.",
  invalid_selfie: "Choose another picture, a complete JPEG or PNG.",
  invalid_threshold: "Set a threshold that this stage accepts, then verify again.",
  idempotency_conflict: "Verify again: a new verification has a new key.",
  rate_limited: "Wait as long as the answer says, then try again.",
  internal: "Try again: the same request is never paid twice.",
  upstream_bad_answer: "This verification may have been paid for and is recorded as unknown. Verify again to start a new one, which is paid for separately.",
  upstream_limit: "Nothing was paid. The operator must raise the limit of the liveness API.",
  upstream_unavailable: "Nothing was paid. Try again: the same request is never paid twice.",
  upstream_timeout: "This verification may have been paid for and is recorded as unknown. Verify again to start a new one, which is paid for separately.",
  unreachable: "Check that the gateway is running, then try again: the same request is never paid twice.",
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
  cut: "No answer: the connection is cut",
  broken_body: "Half an answer",
};

// The effect of an outcome on later requests.
const AFTER = {
  unauthorized: "Opens the circuit breaker: the gateway does not call the liveness API for a minute.",
  limit: "Opens the circuit breaker: the gateway does not call the liveness API for a minute.",
};

export function afterwards(outcome) {
  return AFTER[outcome] ?? "";
}

export const ANSWERS = ["live", "not_live", "no_face", "multiple_faces", "slow"];

export function outcomeName(outcome) {
  return OUTCOMES[outcome] ?? outcome.replaceAll("_", " ");
}

export function tooLargeFor(limit) {
  return `too large: at most ${bytes(limit)}. ${ADVICE.too_large}`;
}

export function bytes(size) {
  if (size < 1000) return `${size} bytes`;
  return size < 1_000_000 ? `${Math.round(size / 1000)} KB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
