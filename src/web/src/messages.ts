// The few messages of proto/liveavatar/v1 that the page sends and reads, written field by field; the numbers are the contract's.

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** One change of the face; proto/liveavatar/v1/control.proto has the meanings and ranges. */
export type Command =
  | { emotion: Record<string, number> }
  | { automaticEmotion: number }
  | { pose: { weight: number; yaw: number; pitch: number } }
  | { gaze: { weight: number; x: number; y: number } }
  | { avatar: string }
  | { now: "blink" | "neutral" | "interrupt" | "nod" | "shake" };

const NOW = { blink: 7, neutral: 8, interrupt: 11, nod: 12, shake: 13 } as const;

/** ApplyRequest. */
export function applyRequest(session: string, command: Command, rampSeconds: number): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).string(session);
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(2, WireType.LengthDelimited).fork(); // ramp
  writer.tag(1, WireType.LengthDelimited).fork(); // duration
  writer.tag(1, WireType.Varint).int64(Math.floor(rampSeconds));
  writer.tag(2, WireType.Varint).int32(Math.round((rampSeconds % 1) * 1e9));
  writer.join().join();
  writeAction(writer, command);
  return writer.join().finish();
}

function writeAction(writer: BinaryWriter, command: Command): void {
  if ("emotion" in command) {
    writer.tag(3, WireType.LengthDelimited).fork();
    for (const [name, strength] of Object.entries(command.emotion)) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name);
      writer.tag(2, WireType.Bit32).float(strength);
      writer.join();
    }
    writer.join();
  } else if ("automaticEmotion" in command) writer.tag(4, WireType.Bit32).float(command.automaticEmotion);
  else if ("pose" in command) writeFloats(writer, 5, [command.pose.weight, command.pose.yaw, command.pose.pitch]);
  else if ("gaze" in command) writeFloats(writer, 6, [command.gaze.weight, command.gaze.x, command.gaze.y]);
  else if ("avatar" in command) writer.tag(10, WireType.LengthDelimited).string(command.avatar);
  else writer.tag(NOW[command.now], WireType.LengthDelimited).fork().join();
}

/** A message whose first fields are floats. */
function writeFloats(writer: BinaryWriter, field: number, values: number[]): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  values.forEach((value, index) => writer.tag(index + 1, WireType.Bit32).float(value));
  writer.join();
}

/** Any message of one string, such as a request about a session. */
export function stringMessage(text: string): Uint8Array {
  return new BinaryWriter().tag(1, WireType.LengthDelimited).string(text).finish();
}

/** All strings of one field of a message; what else is in it is passed over. */
export function readStrings(message: Uint8Array, wanted: number): string[] {
  const reader = new BinaryReader(message);
  const found: string[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === wanted && type === WireType.LengthDelimited) found.push(reader.string());
    else reader.skip(type, field);
  }
  return found;
}
