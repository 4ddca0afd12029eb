// The choice of presenter: portraits of what the server offers, the last choice remembered.

import { element } from "./page";

interface Avatar {
  name: string;
  displayName: string;
  /** How it looks; may be empty. */
  description: string;
  /** How much emotion follows the voice unless the caller says, 0 to 1; null where the models hear none. */
  autoEmotion: number | null;
  portrait: string;
}

const RETRY_MS = 1_000;

let onAvatar: (name: string) => void = () => undefined;

/** The chosen presenter's name; null while none is loaded. */
function chosenAvatar(): string | null {
  return document.querySelector<HTMLInputElement>("input[name=avatar]:checked")?.value ?? null;
}

/** What the call shall ask for besides the offer, as a query. */
export function callQuery(): string {
  const query = new URLSearchParams();
  const avatar = chosenAvatar();
  if (avatar) query.set("avatar", avatar);
  if (!element("expression-line").hidden) query.set("autoEmotion", String(Number(expression().value) / 100));
  return query.size > 0 ? `?${query}` : "";
}

/** Fills the choice, asking again until the server has its models loaded. */
export async function loadAvatars(): Promise<void> {
  let response = await fetch("/api/avatars").catch(() => null);
  while (!response?.ok) {
    element("server").textContent = response?.status === 503 ? "The models are loading…" : "The server does not answer.";
    await new Promise((done) => window.setTimeout(done, RETRY_MS));
    response = await fetch("/api/avatars").catch(() => null);
  }
  element("server").textContent = "";
  const avatars = (await response.json()) as Avatar[];
  const wanted = localStorage.getItem("avatar");
  const chosen = avatars.find((avatar) => avatar.name === wanted) ?? avatars[0];
  element("avatars").replaceChildren(...avatars.map((avatar) => choice(avatar, avatar === chosen)));
  if (!chosen) return;
  showPoster(chosen.portrait);
  element("expression-line").hidden = chosen.autoEmotion === null;
  expression().value = localStorage.getItem("expression") ?? String(100 * (chosen.autoEmotion ?? 0));
}

/** Runs when another presenter is chosen; in a call it steps in. */
export function avatarChanged(run: (name: string) => void): void {
  onAvatar = run;
}

/** Runs when the share of the voice's mood is moved, 0 to 1. */
export function expressionChanged(run: (amount: number) => void): void {
  expression().addEventListener("input", () => {
    localStorage.setItem("expression", expression().value);
    run(Number(expression().value) / 100);
  });
}

function expression(): HTMLInputElement {
  return element<HTMLInputElement>("expression");
}

function choice(avatar: Avatar, checked: boolean): HTMLElement {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const picture = document.createElement("img");
  label.className = "avatar";
  Object.assign(input, { type: "radio", name: "avatar", value: avatar.name, checked });
  Object.assign(picture, { src: avatar.portrait, alt: avatar.description, width: 96, height: 96 });
  label.title = avatar.description;
  input.addEventListener("change", () => {
    localStorage.setItem("avatar", avatar.name);
    showPoster(avatar.portrait);
    onAvatar(avatar.name);
  });
  label.append(input, picture, avatar.displayName);
  return label;
}

/** Shows a presenter's portrait where the live picture will be. */
function showPoster(source: string): void {
  const poster = element<HTMLImageElement>("poster");
  poster.src = source;
  poster.hidden = false;
}
