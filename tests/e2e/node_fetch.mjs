// Node's own fetch and FormData: posts what the argument (JSON) states, prints the response.
import { openAsBlob } from "node:fs";
import { basename } from "node:path";

const input = JSON.parse(process.argv[2]);
const form = new FormData();
form.append("selfie", await openAsBlob(input.selfie, { type: "image/jpeg" }), basename(input.selfie));
form.append("threshold", input.threshold);

const response = await fetch(input.url, { method: "POST", headers: input.headers, body: form });
console.log(
  JSON.stringify({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  }),
);
