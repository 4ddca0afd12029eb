// Runs the conformance table of calls with @grpc/grpc-js, the official Node.js client, against a LiveAvatar server.
//
// usage: node grpc_table.js http://HOST:PORT HTTP_URL DESCRIPTORS
//
// The rows are those of grpc_table.py; ConformanceTests.cs has their names.
"use strict";
const grpc = require("@grpc/grpc-js");
const { LIMIT, PATIENCE, assert, messages, run, sleep, until } = require("./table.js");

const [target, , descriptors] = process.argv.slice(2);
const message = messages(descriptors);
const { status } = grpc;

const method = (path, request, response, requestStream, responseStream) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: (value) => Buffer.from(request.encode(request.fromObject(value)).finish()),
  responseDeserialize: (bytes) => response.decode(bytes),
});
const [Request, Response] = ["Request", "Response"].map((name) => message(`liveavatar.conformance.${name}`));
const call = (name, requestStream, responseStream) => method(`/liveavatar.conformance.Conformance/${name}`, Request, Response, requestStream, responseStream);
const Client = grpc.makeGenericClientConstructor({
  unary: call("Unary", false, false),
  clientStream: call("ClientStream", true, false),
  serverStream: call("ServerStream", false, true),
  bidi: call("Bidi", true, true),
  nothing: call("Nothing", false, false),
});
const channel = { address: new URL(target).host, credentials: grpc.credentials.createInsecure() };
const client = new Client(channel.address, channel.credentials);
const gzip = new Client(channel.address, channel.credentials, { "grpc.default_compression_algorithm": 2 });

const soon = () => ({ deadline: Date.now() + PATIENCE });

/** A unary call; the answer with its headers and trailers. */
const unary = (request, metadata = new grpc.Metadata(), options = soon(), of = client, name = "unary") =>
  new Promise((resolve, reject) => {
    let headers;
    let answer;
    let failure;
    const running = of[name](request, metadata, options, (error, response) => ((failure = error), (answer = response)));
    running.on("metadata", (sent) => (headers = sent));
    running.on("status", (end) => (end.code === status.OK ? resolve({ answer, headers, trailers: end.metadata, running }) : reject(failure ?? end)));
  });

/** All answers of a stream. */
const all = async (stream) => {
  const answers = [];
  for await (const answer of stream) {
    answers.push(answer);
  }
  return answers;
};

const refused = async (code, promise) => {
  let result;
  try {
    result = await promise;
  } catch (error) {
    assert(error.code === code, `code ${error.code}, not ${code}: ${error.details}`);
    return error;
  }
  throw new Error(`it worked, but code ${code} was due: ${JSON.stringify(result)?.slice(0, 200)}`);
};

const clientStream = (requests, options = soon(), of = client) =>
  new Promise((resolve, reject) => {
    const stream = of.clientStream(new grpc.Metadata(), options, (error, answer) => (error ? reject(error) : resolve(answer)));
    for (const request of requests) {
      stream.write(request);
    }
    stream.end();
  });

const bidi = (requests, of = client) => {
  const stream = of.bidi(new grpc.Metadata(), soon());
  for (const request of requests) {
    stream.write(request);
  }
  stream.end();
  return all(stream);
};

const metadata = (...entries) => {
  const made = new grpc.Metadata();
  for (const [key, value] of entries) {
    made.add(key, value);
  }
  return made;
};

const numbers = (count) => Array.from({ length: count }, (_, i) => i);
const same = (bytes, expected) => Buffer.from(bytes).equals(Buffer.from(expected));

const reflect = async (version) => {
  // The messages of v1 are those of v1alpha under another name: the same bytes.
  const [request, response] = ["Request", "Response"].map((name) => message(`grpc.reflection.v1alpha.ServerReflection${name}`));
  const Reflection = grpc.makeGenericClientConstructor({
    info: method(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, request, response, true, true),
  });
  const stream = new Reflection(channel.address, channel.credentials).info(new grpc.Metadata(), soon());
  stream.write({ list_services: "" });
  stream.write({ file_containing_symbol: "liveavatar.v1.ControlService" });
  stream.end();
  const answers = await all(stream);
  const services = answers[0].list_services_response.service.map((service) => service.name);
  for (const name of ["Session", "Control", "Motion", "Avatar"]) {
    assert(services.includes(`liveavatar.v1.${name}Service`), services);
  }
  assert(answers[1].file_descriptor_response.file_descriptor_proto.some((file) => Buffer.from(file).includes("liveavatar/v1/control.proto")));
};

const Health = grpc.makeGenericClientConstructor(
  Object.fromEntries(
    ["Check", "Watch"].map((name) => [
      name.toLowerCase(),
      method(`/grpc.health.v1.Health/${name}`, message("grpc.health.v1.HealthCheckRequest"), message("grpc.health.v1.HealthCheckResponse"), false, name === "Watch"),
    ]),
  ),
);
const health = new Health(channel.address, channel.credentials);

run({
  unary: async () => assert(same((await unary({ payload: Buffer.from([0, 255]) })).answer.payload, [0, 255])),
  "client stream": async () => {
    const answer = await clientStream(numbers(1000).map((i) => ({ payload: Buffer.alloc(i) })));
    assert(answer.messages === 1000 && Number(answer.total_bytes) === 499500, answer);
  },
  "server stream": async () => {
    const answers = await all(client.serverStream({ count: 1000 }, soon()));
    assert(answers.length === 1000 && answers.every((answer, i) => answer.messages === i + 1));
  },
  bidi: async () => {
    const answers = await bidi(numbers(1000).map((i) => ({ payload: Buffer.from(String(i)) })));
    assert(answers.length === 1000 && answers.every((answer, i) => same(answer.payload, String(i))));
  },
  "bidi ping-pong": async () => {
    const stream = client.bidi(new grpc.Metadata(), soon());
    let i = 0;
    stream.write({ payload: Buffer.from([0]) });
    for await (const answer of stream) {
      assert(same(answer.payload, [i]));
      i += 1; // the next request leaves only when the last answer has come
      if (i < 100) {
        stream.write({ payload: Buffer.from([i]) });
      } else {
        stream.end();
      }
    }
    assert(i === 100, i);
  },
  "empty messages": async () => {
    assert((await unary({})).answer.payload.length === 0);
    assert((await clientStream([])).messages === 0);
    assert((await all(client.serverStream({}, soon()))).length === 0);
    assert((await bidi([])).length === 0);
  },

  metadata: async () => {
    const { headers } = await unary({}, metadata(["echo-a", "one"], ["echo-a", "two"], ["echo-b", "a, b ~!"]));
    // Entries of one name may come as one, joined by a comma (gRPC over HTTP/2, "Custom-Metadata").
    assert(headers.get("echo-a").join(",") === "one,two", headers.get("echo-a"));
    assert(headers.get("echo-b").join(", ") === "a, b ~!", headers.get("echo-b"));
  },
  "binary metadata": async () => {
    const { headers } = await unary({}, metadata(["echo-1-bin", Buffer.from(numbers(256))], ["echo-2-bin", Buffer.from([0])]));
    assert(same(headers.get("echo-1-bin")[0], numbers(256)) && same(headers.get("echo-2-bin")[0], [0]));
  },
  trailers: async () => {
    const { trailers } = await unary({}, metadata(["trail-a", "x"], ["trail-b-bin", Buffer.from([254])]));
    assert(trailers.get("trail-a")[0] === "x" && same(trailers.get("trail-b-bin")[0], [254]));
  },
  "trailers with an error": async () => {
    const error = await refused(status.ABORTED, unary({ fail_code: 10 }, metadata(["trail-a", "x"])));
    assert(error.metadata.get("trail-a")[0] === "x");
  },

  "error code": async () => {
    for (let code = 1; code <= 16; code += 1) {
      await refused(code, unary({ fail_code: code }));
      await refused(code, all(client.serverStream({ fail_code: code, count: 1 }, soon())));
    }
  },
  "error message in any script": async () => {
    const text = '100% façade — 笑顔 🙂\n"quoted"';
    const error = await refused(status.NOT_FOUND, unary({ fail_code: 5, fail_message: text }));
    assert(error.details === text, error.details);
  },
  "error details": async () => {
    const error = await refused(status.INVALID_ARGUMENT, unary({ fail_code: 3, fail_field: "a.b" }));
    const details = message("google.rpc.Status").decode(error.metadata.get("grpc-status-details-bin")[0]);
    assert(details.code === 3 && details.details[0].type_url === "type.googleapis.com/google.rpc.BadRequest", details);
    assert(message("google.rpc.BadRequest").decode(details.details[0].value).field_violations[0].field === "a.b");
  },
  "error after messages": async () => {
    const stream = client.bidi(new grpc.Metadata(), soon());
    const got = [];
    stream.write({ payload: Buffer.from("a") });
    stream.write({ fail_code: 9 });
    stream.end();
    await refused(status.FAILED_PRECONDITION, (async () => {
      for await (const answer of stream) {
        got.push(answer);
      }
    })());
    assert(got.length === 1 && same(got[0].payload, "a"), got.length);
  },
  "crash tells nothing": async () => {
    const error = await refused(status.INTERNAL, unary({ crash: true }));
    assert(!error.details.includes("secret"), error.details);
  },

  "deadline passes": async () => {
    const began = Date.now();
    await refused(status.DEADLINE_EXCEEDED, unary({ wait_ms: 60000 }, undefined, { deadline: Date.now() + 200 }));
    await refused(status.DEADLINE_EXCEEDED, all(client.serverStream({ wait_ms: 60000, count: 1 }, { deadline: Date.now() + 200 })));
    assert(Date.now() - began < PATIENCE);
  },
  "deadline is told": async () => {
    const told = Number((await unary({}, undefined, { deadline: Date.now() + 100_000 })).answer.deadline_ms);
    assert(told > 0 && told <= 100_000, told);
    assert(Number((await unary({}, undefined, {})).answer.deadline_ms) === 0);
  },
  cancel: async () => {
    const stream = client.serverStream({ count: 1_000_000 }, soon());
    await refused(status.CANCELLED, (async () => {
      for await (const answer of stream) {
        assert(answer.messages >= 1);
        stream.cancel();
      }
    })());
  },
  "cancel reaches the server": async () => {
    const before = (await unary({})).answer.cancelled;
    const running = client.unary({ wait_ms: 60000 }, () => {});
    await sleep(200);
    running.cancel();
    await until(async () => (await unary({})).answer.cancelled > before);
  },

  "large message": async () => {
    const payload = Buffer.from(numbers(LIMIT - 100).map((i) => i % 251));
    assert(same((await unary({ payload })).answer.payload, payload));
    assert((await unary({ size: 3 * LIMIT })).answer.payload.length === 3 * LIMIT);
  },
  "message over the limit": async () => {
    for (const size of [LIMIT + 1, 8 * LIMIT]) {
      await refused(status.RESOURCE_EXHAUSTED, unary({ payload: Buffer.alloc(size) }));
      await refused(status.RESOURCE_EXHAUSTED, clientStream([{ payload: Buffer.alloc(size) }]));
    }
  },
  "after a refusal": async () => {
    const stream = client.bidi(new grpc.Metadata(), soon());
    const answers = all(stream);
    stream.write({ payload: Buffer.from("0") });
    await refused(status.RESOURCE_EXHAUSTED, unary({ payload: Buffer.alloc(2 * LIMIT) }));
    stream.write({ payload: Buffer.from("1") });
    stream.end();
    assert((await answers).map((answer) => Buffer.from(answer.payload).toString()).join() === "0,1");
  },

  "gzip request": async () => {
    const { answer } = await unary({ payload: Buffer.alloc(100_000) }, undefined, soon(), gzip);
    assert(same(answer.payload, Buffer.alloc(100_000)) && answer.encoding === "gzip" && answer.accept_encoding.includes("gzip"), answer.encoding);
  },
  "gzip answer": async () => {
    // That it is compressed on the wire, which grpc-js does not tell, is a row of grpc_hostile.js.
    assert(same((await unary({ size: 100_000, compress: true })).answer.payload, Buffer.alloc(100_000)));
  },
  "gzip stream": async () => {
    const answers = await bidi(numbers(100).map((i) => ({ payload: Buffer.alloc(1000, i), compress: true })), gzip);
    assert(answers.length === 100 && answers.every((answer, i) => same(answer.payload, Buffer.alloc(1000, i))));
  },

  "unknown method": () => refused(status.UNIMPLEMENTED, unary({}, undefined, soon(), client, "nothing")),
  "unknown service": () => {
    const Other = grpc.makeGenericClientConstructor({ unary: method("/no.such.Service/Unary", Request, Response, false, false) });
    return refused(status.UNIMPLEMENTED, unary({}, undefined, soon(), new Other(channel.address, channel.credentials)));
  },

  "100 streams at once": async () => {
    const streams = numbers(100).map(() => client.bidi(new grpc.Metadata(), soon()));
    const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
    // Every stream is open and answered before any goes on.
    for (const text of ["first", "second"]) {
      streams.forEach((stream, i) => stream.write({ payload: Buffer.from(text + i) }));
      const answers = await Promise.all(iterators.map((iterator) => iterator.next()));
      assert(answers.every((answer, i) => same(answer.value.payload, text + i)));
    }
    streams.forEach((stream) => stream.end());
    assert((await Promise.all(iterators.map((iterator) => iterator.next()))).every((last) => last.done));
  },

  health: async () => {
    for (const service of ["", "liveavatar.v1.SessionService"]) {
      assert((await unary({ service }, undefined, soon(), health, "check")).answer.status === 1); // SERVING
    }
    await refused(status.NOT_FOUND, unary({ service: "nobody" }, undefined, soon(), health, "check"));
  },
  "health watch": async () => {
    for (const [service, expected] of [["", 1], ["nobody", 3]]) { // SERVING, SERVICE_UNKNOWN
      const stream = health.watch({ service }, soon());
      const first = await stream[Symbol.asyncIterator]().next();
      stream.on("error", () => {});
      stream.cancel();
      assert(first.value.status === expected, first.value);
    }
  },
  "reflection v1": () => reflect("v1"),
  "reflection v1alpha": () => reflect("v1alpha"),
}).then(() => process.exit(0));
