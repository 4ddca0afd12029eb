// Sends frames that no client library would, on one HTTP/2 connection, and checks that each gets its status while
// another stream of the same connection goes on. Looks at the bytes of good answers where libraries hide them.
//
// usage: node grpc_hostile.js http://HOST:PORT HTTP_URL DESCRIPTORS
"use strict";
const http = require("node:http");
const http2 = require("node:http2");
const zlib = require("node:zlib");
const { LIMIT, assert, messages, run } = require("./table.js");

const [target, page, descriptors] = process.argv.slice(2);
const message = messages(descriptors);
const [Request, Response] = ["Request", "Response"].map((name) => message(`liveavatar.conformance.${name}`));
const session = http2.connect(target);
const SERVICE = "/liveavatar.conformance.Conformance/";

/** A length-prefixed message (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const frame = (bytes, compressed = 0, length = bytes.length) => {
  const header = Buffer.alloc(5);
  header[0] = compressed;
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, bytes]);
};
const encode = (fields) => Buffer.from(Request.encode(Request.fromObject(fields)).finish());

const open = (path, headers = {}) =>
  session.request({ ":method": "POST", ":path": SERVICE + path, "content-type": "application/grpc", te: "trailers", ...headers });

/** Sends bytes as the whole request; the HTTP status and, from headers or trailers, the gRPC one. */
const send = (bytes, headers = {}, path = "Unary") =>
  new Promise((resolve, reject) => {
    const stream = open(path, headers);
    const end = {};
    const body = [];
    stream.on("response", (response) => Object.assign(end, response));
    stream.on("trailers", (trailers) => Object.assign(end, trailers));
    stream.on("error", reject);
    stream.on("close", () => resolve({ http: end[":status"], grpc: end["grpc-status"] === undefined ? undefined : Number(end["grpc-status"]), end, body: Buffer.concat(body) }));
    stream.on("data", (data) => body.push(data));
    stream.end(bytes);
  });

const expect = async (codes, bytes, headers) => {
  for (const path of ["Unary", "Bidi"]) {
    const { http: code, grpc, end } = await send(bytes, headers, path);
    assert(code === 200 && codes.includes(grpc), path, { code, grpc, message: end["grpc-message"] });
  }
};

const [OK, UNKNOWN, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL] = [0, 2, 8, 12, 13];
const good = frame(encode({ payload: Buffer.from("x") }));

// The stream that must not notice anything.
const other = open("Bidi");
let heard = 0;
let rest = Buffer.alloc(0);
other.on("error", () => {});
other.on("data", (data) => {
  rest = Buffer.concat([rest, data]);
  while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
    const length = rest.readUInt32BE(1);
    heard += Response.decode(rest.subarray(5, 5 + length)).messages;
    rest = rest.subarray(5 + length);
  }
});
const echo = async () => {
  const before = heard;
  other.write(good);
  for (let i = 0; heard === before; i += 1) {
    assert(i < 500, "the other stream no longer answers");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const guarded = (rows) => Object.fromEntries(Object.entries(rows).map(([row, body]) => [row, async () => { await body(); await echo(); }]));

run(guarded({
  // A server that cannot read a message may call it INTERNAL or UNKNOWN; it must not call it OK.
  "bad protobuf": () => expect([INTERNAL, UNKNOWN], frame(Buffer.from([0x0a, 0xff, 0xff]))),
  "unknown compression": () => expect([UNIMPLEMENTED], frame(encode({}), 1), { "grpc-encoding": "zstd" }),
  "compressed without naming it": () => expect([INTERNAL], frame(encode({}), 1)),
  "broken gzip": () => expect([INTERNAL, UNKNOWN], frame(Buffer.from("this is no gzip"), 1), { "grpc-encoding": "gzip" }),
  "length beyond the message": () => expect([INTERNAL], frame(Buffer.alloc(10), 0, 100)),
  "length over the limit": () => expect([RESOURCE_EXHAUSTED], frame(Buffer.alloc(10), 0, LIMIT + 1)),
  "no frame at all": async () => {
    assert((await send(Buffer.alloc(0))).grpc === INTERNAL);
    assert((await send(Buffer.alloc(0), {}, "Bidi")).grpc === OK); // a stream of nothing
  },
  "half a header": () => expect([INTERNAL], good.subarray(0, 3)),
  "two messages for one": async () => assert((await send(Buffer.concat([good, good]))).grpc === INTERNAL),
  // What is no timeout is none: the specification leaves it open, and Grpc.AspNetCore ignores it.
  "bad timeout": async () => {
    for (const timeout of ["", "S", "-1S", "1Z", "123456789012S"]) {
      assert((await send(good, { "grpc-timeout": timeout })).grpc === OK, timeout);
    }
  },
  "wrong content type": async () => assert((await send(good, { "content-type": "text/plain" })).http === 415),
  GET: async () => assert([404, 405].includes((await send(undefined, { ":method": "GET" })).http)),
  "HTTP/1.1": () =>
    new Promise((resolve, reject) => {
      const request = http.request(page + SERVICE + "Unary", { method: "POST", headers: { "content-type": "application/grpc" } }, (response) => {
        response.resume();
        response.statusCode === 426 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`));
      });
      request.on("error", reject);
      request.end(good);
    }),
  "reset by the client": async () => {
    const stream = open("Bidi");
    stream.on("error", () => {});
    stream.write(good.subarray(0, 4));
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await new Promise((resolve) => stream.on("close", resolve));
    assert((await send(good)).grpc === OK);
  },
  "gzip on the wire": async () => {
    for (const compress of [true, false]) {
      const { grpc, end, body } = await send(frame(encode({ size: 100_000, compress })), { "grpc-accept-encoding": "identity,gzip" });
      assert(grpc === OK && (end["grpc-encoding"] === "gzip") === compress && body[0] === (compress ? 1 : 0), end);
      const bytes = body.subarray(5);
      assert(!compress || bytes.length < 5000, bytes.length);
      assert(Response.decode(compress ? zlib.gunzipSync(bytes) : bytes).payload.length === 100_000);
    }
  },
  "others go on": async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => send(i % 2 ? good : good.subarray(0, 4))));
  },
})).then(() => process.exit(0));
