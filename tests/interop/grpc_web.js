// Runs the gRPC-Web table with fetch, as a page without any library would.
//
// usage: node grpc_web.js GRPC_URL http://HOST:PORT DESCRIPTORS binary|text
"use strict";
const zlib = require("node:zlib");
const { LIMIT, PATIENCE, assert, messages, run, sleep, until } = require("./table.js");

const [, page, descriptors, form] = process.argv.slice(2);
const message = messages(descriptors);
const text = form === "text";
const type = `application/grpc-web${text ? "-text" : ""}+proto`;

const frame = (bytes, flag = 0) => {
  const header = Buffer.alloc(5);
  header[0] = flag;
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
};

/** Base64 of a stream may be padded wherever the server flushed, so every group of four is decoded for itself. */
const fromText = (body) => Buffer.concat((body.toString("latin1").match(/.{4}/gs) ?? []).map((group) => Buffer.from(group, "base64")));

/** "name: value" lines, as in HTTP/1.1. */
const fields = (bytes) => Object.fromEntries(bytes.toString("latin1").split("\r\n").filter(Boolean).map((line) => {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}));

/** Calls a method; its answers, headers and trailers. */
const call = async (method, body, { headers = {}, signal = AbortSignal.timeout(PATIENCE), response: type2 = "liveavatar.conformance.Response" } = {}) => {
  const response = await fetch(`${page}/${method}`, {
    method: "POST",
    headers: { "content-type": type, accept: type, "x-grpc-web": "1", ...headers },
    body: text ? body.toString("base64") : body,
    signal,
  });
  assert(response.ok, `HTTP ${response.status}`);
  const raw = Buffer.from(await response.arrayBuffer());
  let bytes = text && response.headers.get("content-type")?.startsWith("application/grpc-web-text") ? fromText(raw) : raw;
  const answers = [];
  let trailers = response.headers.has("grpc-status") ? Object.fromEntries(response.headers) : undefined;
  while (bytes.length > 0) {
    const length = bytes.readUInt32BE(1);
    const content = bytes.subarray(5, 5 + length);
    assert(content.length === length, "the body ends inside a frame");
    if (bytes[0] & 0x80) {
      trailers = fields(content);
    } else {
      answers.push(message(type2).decode(content));
    }
    bytes = bytes.subarray(5 + length);
  }
  assert(trailers, "no trailers came");
  return { answers, headers: response.headers, trailers, status: Number(trailers["grpc-status"]) };
};

const Request = message("liveavatar.conformance.Request");
const encode = (request) => Buffer.from(Request.encode(Request.fromObject(request)).finish());
const unary = (request, options) => call("liveavatar.conformance.Conformance/Unary", frame(encode(request)), options);

run({
  unary: async () => {
    const { status, answers } = await unary({ payload: Buffer.from([0, 255]) });
    assert(status === 0 && Buffer.from(answers[0].payload).equals(Buffer.from([0, 255])));
  },
  "server stream": async () => {
    const { status, answers } = await call("liveavatar.conformance.Conformance/ServerStream", frame(encode({ count: 1000 })));
    assert(status === 0 && answers.length === 1000 && answers.every((answer, i) => answer.messages === i + 1));
  },
  metadata: async () => {
    const { headers } = await unary({}, { headers: { "echo-a": "x", "echo-b-bin": Buffer.from([254, 0]).toString("base64") } });
    assert(headers.get("echo-a") === "x" && Buffer.from(headers.get("echo-b-bin"), "base64").equals(Buffer.from([254, 0])));
  },
  trailers: async () => assert((await unary({}, { headers: { "trail-a": "x" } })).trailers["trail-a"] === "x"),
  "error code": async () => {
    const { status, answers, trailers } = await unary({ fail_code: 5, fail_message: "façade %" });
    assert(status === 5 && answers.length === 0 && decodeURIComponent(trailers["grpc-message"]) === "façade %", trailers);
  },
  "error details": async () => {
    const { trailers } = await unary({ fail_code: 3, fail_field: "a.b" });
    const details = message("google.rpc.Status").decode(Buffer.from(trailers["grpc-status-details-bin"], "base64"));
    assert(message("google.rpc.BadRequest").decode(details.details[0].value).field_violations[0].field === "a.b");
  },
  "large message": async () => {
    const payload = Buffer.from(Array.from({ length: LIMIT - 100 }, (_, i) => i % 251));
    assert(Buffer.from((await unary({ payload })).answers[0].payload).equals(payload));
  },
  "message over the limit": async () => assert((await unary({ payload: Buffer.alloc(LIMIT + 1) })).status === 8),
  "gzip request": async () => {
    const body = frame(zlib.gzipSync(encode({ payload: Buffer.alloc(100_000) })), 1);
    const { status, answers } = await call("liveavatar.conformance.Conformance/Unary", body, { headers: { "grpc-encoding": "gzip" } });
    assert(status === 0 && answers[0].payload.length === 100_000, status);
  },
  "deadline passes": async () => assert((await unary({ wait_ms: 60000 }, { headers: { "grpc-timeout": "200m" } })).status === 4),
  "cancel reaches the server": async () => {
    const before = (await unary({})).answers[0].cancelled;
    const abort = new AbortController();
    const running = unary({ wait_ms: 60000 }, { signal: abort.signal }).catch(() => {});
    await sleep(200);
    abort.abort();
    await running;
    await until(async () => (await unary({})).answers[0].cancelled > before);
  },
  "unknown method": async () => assert((await call("liveavatar.conformance.Conformance/Nothing", frame(encode({})))).status === 12),
  // As in grpc_hostile.js.
  "bad protobuf": async () => assert([2, 13].includes((await call("liveavatar.conformance.Conformance/Unary", frame(Buffer.from([0x0a, 0xff, 0xff])))).status)),
  health: async () => {
    const { answers } = await call("grpc.health.v1.Health/Check", frame(Buffer.alloc(0)), { response: "grpc.health.v1.HealthCheckResponse" });
    assert(answers[0].status === 1); // SERVING
  },
}).then(() => process.exit(0));
