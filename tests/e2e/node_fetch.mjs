// Node's own fetch and FormData: posts what the one argument (JSON) orders, prints the answer.
import { openAsBlob } from "node:fs";
import { basename } from "node:path";

const order = JSON.parse(process.argv[2]);
const form = new FormData();
form.append("selfie", await openAsBlob(order.selfie, { type: "image/jpeg" }), basename(order.selfie));
form.append("threshold", order.threshold);

const answer = await fetch(order.url, { method: "POST", headers: order.headers, body: form });
console.log(
  JSON.stringify({
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.text(),
  }),
);
