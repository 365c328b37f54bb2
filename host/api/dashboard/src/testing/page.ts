import { render } from "preact";
import { afterEach, beforeEach, vi } from "vitest";
import { connect, disconnect } from "../api/live";

/** Where the tests of a file show what they are about: in the document, and empty for each. */
export function place(): HTMLElement {
  const root = document.createElement("div");
  // The document of the tests knows dialogs, and not how to open one.
  HTMLDialogElement.prototype.showModal ??= () => {};
  beforeEach(() => document.body.append(root));
  afterEach(() => {
    render(null, root);
    root.remove();
  });
  return root;
}

type Host = (path: string, init: RequestInit) => Promise<Response>;

/** A host that is asked, and is listened to, by each test of a file. */
export function host(answer: Host) {
  let tell: (event: { data: string }) => void = () => {};
  class Source {
    addEventListener(name: string, listener: (event: { data: string }) => void): void {
      if (name === "changed") tell = listener;
    }
    close(): void {}
  }
  beforeEach(() => {
    vi.stubGlobal("fetch", answer);
    vi.stubGlobal("EventSource", Source);
    connect();
  });
  afterEach(() => {
    disconnect();
    vi.unstubAllGlobals();
  });
  return { changed: (...what: string[]) => tell({ data: JSON.stringify({ what }) }) };
}
