// What the tables of the JavaScript clients share: running rows, and messages without generated code.
"use strict";
const fs = require("node:fs");
const protobuf = require("protobufjs");
require("protobufjs/ext/descriptor");

exports.LIMIT = 1 << 20; // RpcHosting.MaxMessageBytes
exports.PATIENCE = 30_000; // ms: a call that should end and does not must fail its row, not hang the table

/** Finds message types by full name; fields have the names of the .proto files. */
exports.messages = (path) => {
  const root = protobuf.Root.fromDescriptor(fs.readFileSync(path)).resolveAll();
  return (name) => root.lookupType(name);
};

exports.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

exports.assert = (condition, ...words) => {
  if (!condition) {
    throw new Error(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" ") || "the condition does not hold");
  }
};

/** Waits until something asynchronous is true. */
exports.until = async (condition) => {
  const limit = Date.now() + exports.PATIENCE;
  while (!(await condition())) {
    exports.assert(Date.now() < limit, "it never became true");
    await exports.sleep(20);
  }
};

/** Runs the rows one after the other and prints one line of JSON for each: {"row": "unary", "ok": true}. */
exports.run = async (rows) => {
  for (const [row, body] of Object.entries(rows)) {
    let why;
    let timer;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("the row took too long")), 2 * exports.PATIENCE);
      });
      await Promise.race([body(), late]);
    } catch (error) {
      why = error?.stack ?? String(error);
    }
    clearTimeout(timer);
    console.log(JSON.stringify(why === undefined ? { row, ok: true } : { row, ok: false, why }));
  }
};
