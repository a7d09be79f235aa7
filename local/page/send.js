// One request to the gateway, with progress. XMLHttpRequest, because fetch cannot tell of uploads.

const LONGEST = 40_000; // the gateway itself answers within 28 s

export function newKey() {
  return crypto.randomUUID();
}

// Always answers, also when nothing was reached: { status, headers, body, took }.
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
    request.timeout = LONGEST;
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
    // Not the gateway's words: what stands in the way answered, or nothing did.
  }
  return { ...common, body: unreadable(request.status) };
}

function unreadable(status) {
  return {
    title: status ? "Something in between answered, not the gateway." : "The gateway could not be reached.",
    detail: status ? `It said HTTP ${status}, without a body that can be read.` : "The connection failed or took too long.",
    code: "unreachable",
    status,
    retryable: true,
  };
}
