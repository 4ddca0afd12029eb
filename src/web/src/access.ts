// The API key of a server that asks for one: kept for this tab, asked for when it is missing or wrong.

import { element } from "./page";

const STORE = "api-key";

/** The key to send, if one is known. */
export function apiKey(): string | null {
  return sessionStorage.getItem(STORE);
}

/** Asks for a key that may do something; `retry` runs when one was given. */
export function askForKey(status: number, what: string, retry: () => void): void {
  const form = element<HTMLFormElement>("access");
  const input = element<HTMLInputElement>("key");
  const wrong = status === 403 ? "This key is known here, but it does not let you " : apiKey() ? "This key is not known here. You need one that lets you " : "This server asks for an API key that lets you ";
  sessionStorage.removeItem(STORE);
  element("access-reason").textContent = `${wrong}${what}. Whoever runs the server gives you one.`;
  form.hidden = false;
  form.scrollIntoView({ block: "center" });
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
