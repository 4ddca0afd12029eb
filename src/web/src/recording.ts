// Records the call on the server (RecordingService) and fetches the file.

import { call, RpcCode, RpcError } from "./grpc";
import { readStrings, stringMessage } from "./messages";
import { element } from "./page";

const NAME = 1; // field of Recording

interface Running {
  session: string;
  secret: string;
  name: string;
  began: number;
}

const button = element<HTMLButtonElement>("record");
let session: { id: string; secret: string } | null = null;
let running: Running | null = null;

function show(): void {
  button.disabled = !session;
  button.setAttribute("aria-pressed", String(running !== null));
  const seconds = running ? Math.floor((performance.now() - running.began) / 1000) : 0;
  button.textContent = running ? `Stop ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "Record";
}

async function start(): Promise<void> {
  if (!session) return;
  const { id, secret } = session;
  const answer = await call("RecordingService/Start", stringMessage(id), secret);
  running = { session: id, secret, name: readStrings(answer, NAME)[0] ?? "", began: performance.now() };
}

async function stop(): Promise<void> {
  const ended = running;
  running = null;
  if (!ended) return;
  await call("RecordingService/Stop", stringMessage(ended.session), ended.secret).catch((error: unknown) => {
    // The call's end has completed the file already.
    if (!(error instanceof RpcError) || error.code !== RpcCode.notFound) throw error;
  });
  const response = await fetch(`/api/recordings/${ended.session}/${encodeURIComponent(ended.name)}`, { headers: { authorization: `Bearer ${ended.secret}` } });
  if (!response.ok) throw new Error(`The recording could not be fetched (${response.status}).`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = ended.name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function tell(text: string): void {
  element("record-message").textContent = text;
}

function explain(error: unknown): string {
  if (error instanceof RpcError && error.code === RpcCode.unimplemented) return "This server does not record.";
  return error instanceof Error ? error.message : String(error);
}

/** Connects the button to a call, or to none; a recording that runs is completed and fetched. */
export function recordCall(id: string | null, secret = ""): void {
  session = id ? { id, secret } : null;
  if (running) void stop().catch((error: unknown) => tell(explain(error)));
  else tell("");
  show();
}

button.addEventListener("click", () => {
  tell("");
  void (running ? stop() : start()).catch((error: unknown) => tell(explain(error))).finally(show);
});
window.setInterval(() => running && show(), 500);
show();
