// Checks what pages of other origins are told when they call gRPC-Web: https://allowed.example is configured, others are not.
//
// usage: node grpc_cors.js GRPC_URL http://HOST:PORT DESCRIPTORS
"use strict";
const http = require("node:http");
const { assert, run } = require("./table.js");

const [, page] = process.argv.slice(2);
const ALLOWED = "https://allowed.example";

const send = (method, headers, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(`${page}/liveavatar.conformance.Conformance/Unary`, { method, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode, ...response.headers }));
    });
    request.on("error", reject);
    request.end(body);
  });

const preflight = (origin) =>
  send("OPTIONS", { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type,x-grpc-web,grpc-timeout,authorization" });
const post = (origin) => send("POST", { origin, "content-type": "application/grpc-web+proto", "x-grpc-web": "1" }, Buffer.alloc(5));

run({
  "preflight allowed": async () => {
    const answer = await preflight(ALLOWED);
    assert(answer.status === 204 && answer["access-control-allow-origin"] === ALLOWED, answer);
    assert(answer["access-control-allow-methods"].includes("POST") && answer["access-control-allow-headers"].includes("authorization"), answer);
  },
  "preflight refused": async () => assert((await preflight("https://other.example"))["access-control-allow-origin"] === undefined),
  "answer readable": async () => {
    const answer = await post(ALLOWED);
    assert(answer.status === 200 && answer["access-control-allow-origin"] === ALLOWED, answer);
    assert(answer["access-control-expose-headers"].toLowerCase().includes("grpc-status"), answer);
  },
  "answer not readable": async () => assert((await post("https://other.example"))["access-control-allow-origin"] === undefined),
}).then(() => process.exit(0));
