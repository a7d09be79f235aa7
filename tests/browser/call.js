// Posts a selfie as a page of any origin does, and returns what it may read of the answer.
async ([url, key, bytes, threshold]) => {
  const form = new FormData();
  form.append("selfie", new Blob([new Uint8Array(bytes)]), "selfie");
  form.append("threshold", threshold);
  const answer = await fetch(url, {
    method: "POST",
    body: form,
    headers: { "x-api-key": key, "idempotency-key": crypto.randomUUID() },
  });
  const header = (name) => answer.headers.get(name);
  return {
    status: answer.status,
    type: answer.type,
    location: header("location"),
    correlation: header("x-correlation-id"),
    body: await answer.json(),
  };
}
