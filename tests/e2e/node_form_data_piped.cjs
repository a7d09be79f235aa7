// form-data piped into a request of unknown length: Node sends it in chunks.
const fs = require("node:fs");
const http = require("node:http");
const FormData = require("form-data");

const input = JSON.parse(process.argv[2]);
const form = new FormData();
form.append("threshold", input.threshold);
form.append("selfie", fs.createReadStream(input.selfie));

const headers = { ...form.getHeaders(), ...input.headers };
const request = http.request(input.url, { method: "POST", headers }, (response) => {
  const chunks = [];
  response.on("data", (chunk) => chunks.push(chunk));
  response.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    console.log(JSON.stringify({ status: response.statusCode, headers: response.headers, body }));
  });
});
form.pipe(request);
