// gRPC-Web by fetch (github.com/grpc/grpc-web, PROTOCOL-WEB.md): unary calls, which is all that steering needs.

const FRAME_HEADER = 5; // flags, then the length as 32 bits
const TRAILERS = 0x80;

/** A call that failed; the message is the server's and says what to change. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The gRPC status codes the page reacts to. */
export const RpcCode = { notFound: 5, exhausted: 8, aborted: 10, unimplemented: 12, unavailable: 14 } as const;

/** Calls a method of liveavatar.v1 and gives the encoded answer. */
export async function call(method: string, message: Uint8Array, secret: string | null, signal?: AbortSignal): Promise<Uint8Array> {
  const body = new Uint8Array(FRAME_HEADER + message.length);
  new DataView(body.buffer).setUint32(1, message.length);
  body.set(message, FRAME_HEADER);
  const headers: Record<string, string> = { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" };
  if (secret) headers["authorization"] = `Bearer ${secret}`;
  const response = await fetch(`/liveavatar.v1.${method}`, { method: "POST", headers, body, ...(signal ? { signal } : {}) });
  const frames = split(new Uint8Array(await response.arrayBuffer()));
  // An answer without a message has its status in the headers, others have it in a last frame.
  const status = frames.trailers.get("grpc-status") ?? response.headers.get("grpc-status") ?? (response.ok ? "" : "14");
  if (status !== "0") {
    const text = frames.trailers.get("grpc-message") ?? response.headers.get("grpc-message") ?? `The server answered ${response.status}.`;
    throw new RpcError(Number(status), decodeURIComponent(text));
  }
  return frames.message;
}

function split(bytes: Uint8Array): { message: Uint8Array; trailers: Map<string, string> } {
  let message = new Uint8Array();
  const trailers = new Map<string, string>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + FRAME_HEADER <= bytes.length; ) {
    const flags = bytes[at] ?? 0;
    const end = at + FRAME_HEADER + view.getUint32(at + 1);
    const content = bytes.subarray(at + FRAME_HEADER, end);
    if (flags & TRAILERS) {
      for (const line of new TextDecoder().decode(content).split("\r\n")) {
        const colon = line.indexOf(":");
        if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
      }
    } else message = content.slice();
    at = end;
  }
  return { message, trailers };
}
