// The API key of a server that asks for one: kept for this tab, asked for when it is missing or wrong.

import { element } from "./page";

const STORE = "api-key";

/** The key to send, if one is known. */
export function apiKey(): string | null {
  return sessionStorage.getItem(STORE);
}

/** Asks for a key; `retry` runs when one was given. */
export function askForKey(reason: string, retry: () => void): void {
  const form = element<HTMLFormElement>("access");
  const input = element<HTMLInputElement>("key");
  sessionStorage.removeItem(STORE);
  element("access-reason").textContent = reason;
  form.hidden = false;
  input.value = "";
  input.focus();
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    sessionStorage.setItem(STORE, input.value.trim());
    form.hidden = true;
    retry();
  };
}
