// Sends one request to the gateway. XMLHttpRequest, because fetch reports no upload progress.

const TIMEOUT_MS = 40_000; // the gateway answers within 28 s

export function newKey() {
  return crypto.randomUUID();
}

// Always resolves, also without a response: { status, header, body, took }.
export function send(verification, apiKey, progress) {
  const form = new FormData();
  form.append("selfie", verification.picture.blob, "selfie");
  if (verification.threshold !== "") form.append("threshold", verification.threshold);
  const began = performance.now();
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const finish = () => done(read(request, performance.now() - began));
    request.open("POST", "/v1/verifications");
    request.setRequestHeader("x-api-key", apiKey);
    request.setRequestHeader("Idempotency-Key", verification.key);
    request.timeout = TIMEOUT_MS;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.upload.addEventListener("load", () => progress(1));
    request.addEventListener("loadend", finish);
    request.send(form);
  });
}

function read(request, took) {
  const header = (name) => request.getResponseHeader(name);
  const common = { status: request.status, took, header };
  try {
    const body = JSON.parse(request.responseText);
    if (body?.title || body?.verification_id) return { ...common, body };
  } catch {
    // Not JSON: something between the page and the gateway responded, or nothing did.
  }
  return { ...common, body: unreadable(request.status) };
}

function unreadable(status) {
  return {
    title: status ? "The response did not come from the gateway." : "The gateway could not be reached.",
    detail: status ? `Something in between returned HTTP ${status} without a readable body.` : "The connection failed or took too long.",
    code: "unreachable",
    status,
    retryable: true,
  };
}
