// MotionService.Watch over gRPC-Web: a server stream read frame by frame from fetch.

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

const HEADER = 5; // flags, then the length as 32 bits

/** Calls back with the format's coefficient names, then with every frame: {coefficients, yaw, pitch, roll}. Ends with the session. */
export async function watchMotion(session, onNames, onFrame, key) {
  const message = new BinaryWriter().tag(1, WireType.LengthDelimited).string(session).finish();
  const body = new Uint8Array(HEADER + message.length);
  new DataView(body.buffer).setUint32(1, message.length);
  body.set(message, HEADER);
  const headers = { "content-type": "application/grpc-web+proto", "x-grpc-web": "1", ...(key ? { authorization: `Bearer ${key}` } : {}) };
  const response = await fetch("/liveavatar.v1.MotionService/Watch", { method: "POST", headers, body });
  let status = response.headers.get("grpc-status");
  let text = response.headers.get("grpc-message") ?? `The server answered ${response.status}.`;
  for await (const [flags, content] of frames(response.body)) {
    if (flags & 0x80) {
      const trailers = new TextDecoder().decode(content);
      status = /grpc-status:\s*(\d+)/.exec(trailers)?.[1] ?? status;
      text = /grpc-message:\s*(.*)/.exec(trailers)?.[1] ?? text;
    } else read(content, onNames, onFrame);
  }
  if (status !== "0") throw new Error(decodeURIComponent(text));
}

async function* frames(stream) {
  let waiting = new Uint8Array();
  for (const reader = stream.getReader(); ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(waiting.length + value.length);
    joined.set(waiting);
    joined.set(value, waiting.length);
    waiting = joined;
    while (waiting.length >= HEADER) {
      const end = HEADER + new DataView(waiting.buffer, waiting.byteOffset).getUint32(1);
      if (waiting.length < end) break;
      yield [waiting[0], waiting.subarray(HEADER, end)];
      waiting = waiting.slice(end);
    }
  }
}

// WatchMotionResponse: 1 format {1 names}, 2 frame {3 coefficients, 4 head {1 yaw, 2 pitch, 3 roll}}.
function read(bytes, onNames, onFrame) {
  each(new BinaryReader(bytes), (field, reader) => {
    const inner = new BinaryReader(reader.bytes());
    if (field === 1) {
      const names = [];
      each(inner, (part, at) => part === 1 && names.push(at.string()));
      onNames(names);
    } else if (field === 2) {
      const frame = { coefficients: new Float32Array(), yaw: 0, pitch: 0, roll: 0 };
      each(inner, (part, at) => {
        if (part === 3) {
          const packed = at.bytes(); // little-endian floats, one after the other
          frame.coefficients = new Float32Array(packed.slice().buffer);
        } else if (part === 4) each(new BinaryReader(at.bytes()), (angle, value) => angle <= 3 && (frame[["yaw", "pitch", "roll"][angle - 1]] = value.float()));
        else return false;
        return true;
      });
      onFrame(frame);
    }
    return true;
  });
}

/** Reads a message's fields; what `take` does not take is passed over. */
function each(reader, take) {
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const before = reader.pos;
    take(field, reader);
    if (reader.pos === before) reader.skip(type, field);
  }
}
