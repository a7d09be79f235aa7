// form-data piped into a request of unknown length: Node sends it in chunks.
const fs = require("node:fs");
const http = require("node:http");
const FormData = require("form-data");

const order = JSON.parse(process.argv[2]);
const form = new FormData();
form.append("threshold", order.threshold);
form.append("selfie", fs.createReadStream(order.selfie));

const headers = { ...form.getHeaders(), ...order.headers };
const request = http.request(order.url, { method: "POST", headers }, (answer) => {
  const chunks = [];
  answer.on("data", (chunk) => chunks.push(chunk));
  answer.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    console.log(JSON.stringify({ status: answer.statusCode, headers: answer.headers, body }));
  });
});
form.pipe(request);
