import { render } from "preact";
import { act } from "preact/test-utils";
import { LocationProvider } from "preact-iso";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "../../api/session";
import { host, place } from "../../testing/page";
import { GroupPage } from "./group";
import { GroupsPage } from "./groups";
import { LetterPage } from "./letter";

const root = place();
let letters: number[];
let sent: unknown[];

const letter = (id: number) => ({
  id,
  error: "too long",
  fingerprint: "f",
  tenant: "acme",
  stream: "prs",
  integration: "github",
  integration_id: 1,
  plugin: null,
  external_id: null,
  created_at: "2026-01-01T00:00:00Z",
  payload_text: "{}",
});

/** A host with dead letters of one group. */
const { changed } = host(async (path, init) => {
  const answer = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
  if (init.body) {
    sent.push(JSON.parse(String(init.body)));
    return answer({ detail: "no" }, 403);
  }
  const one = /dead-letters\/(\d+)$/.exec(path)?.[1];
  if (one)
    return letters.includes(Number(one)) ? answer(letter(Number(one))) : answer({ detail: "gone" }, 404);
  const items = path.startsWith("/api/v1/dead-letters?") ? letters.map(letter) : [];
  return answer({ items, next: null });
});

async function shown(page: preact.ComponentChild, at: string): Promise<void> {
  history.replaceState(null, "", at);
  await act(() => render(<LocationProvider>{page}</LocationProvider>, root));
  await vi.waitFor(() => expect(root.querySelector("[aria-busy]")).toBeNull());
}

const button = (words: string) =>
  [...root.querySelectorAll("button")].find(({ textContent }) => textContent === words);

describe("dead letters", () => {
  beforeEach(() => {
    session.value = {
      state: "signed-in",
      me: { name: "ada", grants: [{ tenant: null, role: "operator" }], read_only: false },
    };
    letters = [1, 2, 3];
    sent = [];
  });

  afterEach(() => history.replaceState(null, "", "/"));

  it("that are gone are no longer among those that were chosen", async () => {
    await shown(<GroupPage params={{ fingerprint: "f" }} />, "/dead-letters/groups/f?tenant=acme&stream=prs");
    for (const index of [0, 1])
      await act(() => root.querySelectorAll<HTMLInputElement>("[type=checkbox]")[index]?.click());
    expect(button("Replay 2 letters")).toBeDefined();
    letters = [2, 3];
    changed("dead_letters");
    await vi.waitFor(() => expect(button("Replay 1 letter")).toBeDefined());
    await act(async () => button("Replay 1 letter")?.click());
    expect(sent).toEqual([{ ids: [2] }]);
  });

  it("that are gone leave no question open that the whole group would answer", async () => {
    await shown(<GroupPage params={{ fingerprint: "f" }} />, "/dead-letters/groups/f?tenant=acme&stream=prs");
    await act(() => root.querySelector<HTMLInputElement>("[type=checkbox]")?.click());
    await act(() => button("Drop 1 letter")?.click());
    expect(root.querySelector("dialog")?.textContent).toContain("Drop 1 letter?");
    letters = [2, 3];
    changed("dead_letters");
    await vi.waitFor(() => expect(button("Drop the group")).toBeDefined());
    expect(root.querySelector("dialog")).toBeNull();
  });

  it("are all loaded only where no filter hides some", async () => {
    await shown(<GroupsPage />, "/dead-letters");
    expect(root.textContent).toContain("Every record that was read has been mapped and loaded.");
    render(null, root);
    await shown(<GroupsPage />, "/dead-letters?stream=prs");
    expect(root.textContent).toContain("No dead letter is like that");
    expect(root.textContent).not.toContain("Every record");
  });

  it("that a colleague drops are said to be gone where they are shown", async () => {
    await shown(<LetterPage params={{ id: "1" }} />, "/dead-letters/1");
    letters = [];
    changed("dead_letters");
    await vi.waitFor(() => expect(root.querySelector("[role=alert]")?.textContent).toContain("gone"));
  });
});
