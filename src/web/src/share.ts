// What others need of a call: the viewer link with its QR code, and for programs the session's id and secret.

import { renderSVG } from "uqr";
import { element } from "./page";

/** Shows the link to a call. */
export async function shareCall(session: string, secret: string): Promise<void> {
  element<HTMLInputElement>("session").value = session;
  element<HTMLInputElement>("secret").value = secret;
  const token = await viewerToken(session, secret);
  const link = new URL(`/view/${session}${token ? `#${token}` : ""}`, location.href).href;
  element<HTMLInputElement>("link").value = link;
  element<HTMLAnchorElement>("open").href = link;
  // An image by data address, not markup: the page's content policy stays strict.
  element<HTMLImageElement>("qr").src = `data:image/svg+xml,${encodeURIComponent(renderSVG(link, { border: 2 }))}`;
}

/** A token for the link where the server asks viewers for one; null where the id is enough. */
async function viewerToken(session: string, secret: string): Promise<string | null> {
  const response = await fetch(`/api/sessions/${session}/viewer-token`, { method: "POST", headers: { authorization: `Bearer ${secret}` } }).catch(() => null);
  if (response?.status !== 200) return null;
  const answer: unknown = await response.json();
  return typeof answer === "object" && answer !== null && "token" in answer && typeof answer.token === "string" ? answer.token : null;
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copies]")) {
  button.addEventListener("click", () => {
    const field = element<HTMLInputElement>(button.dataset["copies"] ?? "");
    field.select();
    const done = (): void => {
      button.textContent = "Copied";
      window.setTimeout(() => (button.textContent = "Copy"), 1500);
    };
    // On http pages of other machines there is no clipboard API; the old command still works there.
    if (navigator.clipboard) void navigator.clipboard.writeText(field.value).then(done);
    else if (document.execCommand("copy")) done();
  });
}
