// The choice of presenter: portraits of what the server offers, the last choice remembered.

import { element } from "./page";

interface Avatar {
  name: string;
  displayName: string;
  portrait: string;
}

const RETRY_MS = 1_000;

/** The chosen presenter's name; null while none is loaded. */
export function chosenAvatar(): string | null {
  return document.querySelector<HTMLInputElement>("input[name=avatar]:checked")?.value ?? null;
}

/** Fills the choice, asking again until the server has its models loaded. */
export async function loadAvatars(): Promise<void> {
  const response = await fetch("/api/avatars").catch(() => null);
  if (!response?.ok) {
    element("server").textContent = response?.status === 503 ? "The models are loading…" : "The server does not answer.";
    window.setTimeout(() => void loadAvatars(), RETRY_MS);
    return;
  }
  element("server").textContent = "";
  const avatars = (await response.json()) as Avatar[];
  const wanted = localStorage.getItem("avatar");
  const chosen = avatars.find((avatar) => avatar.name === wanted) ?? avatars[0];
  element("avatars").replaceChildren(...avatars.map((avatar) => choice(avatar, avatar === chosen)));
  if (chosen) showPoster(chosen.portrait);
}

function choice(avatar: Avatar, checked: boolean): HTMLElement {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const picture = document.createElement("img");
  label.className = "avatar";
  Object.assign(input, { type: "radio", name: "avatar", value: avatar.name, checked });
  Object.assign(picture, { src: avatar.portrait, alt: "", width: 96, height: 96 });
  input.addEventListener("change", () => {
    localStorage.setItem("avatar", avatar.name);
    showPoster(avatar.portrait);
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
