import { render } from "preact";
import { act } from "preact/test-utils";
import { LocationProvider } from "preact-iso";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "../../api/session";
import { host, place } from "../../testing/page";
import { NewReplay } from "../replays/new";
import { NewIntegrationPage } from "./new";

const root = place();
let names: string[];
let tested: (answer: Response) => void;

/** A host whose sources and tenants have the same names. */
const { changed } = host(async (path) => {
  if (path.endsWith("/test")) return new Promise((resolve) => (tested = resolve));
  const items = names.map((name, id) => ({ id, name, doc: "", base_url: "", settings: {} }));
  return new Response(JSON.stringify({ items: path.includes("/plugins") ? [] : items, next: null }));
});

const chosen = () => [...root.querySelectorAll("select")].map((select) => select.value);

async function otherCame(): Promise<void> {
  names = ["acme", ...names];
  changed("tenants", "plugins");
  await vi.waitFor(() => expect(root.querySelector("select option")?.textContent).toBe("acme"));
}

async function type(input: HTMLInputElement | HTMLTextAreaElement | null, text: string): Promise<void> {
  await act(() => {
    if (input) input.value = text;
    input?.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

describe("a form", () => {
  beforeEach(() => {
    const grants = ["acme", "globex"].map((tenant) => ({ tenant, role: "admin" as const }));
    session.value = { state: "signed-in", me: { name: "ada", grants, read_only: false } };
    names = ["globex"];
  });

  const shown = async (page: preact.ComponentChild) => {
    await act(() => render(<LocationProvider>{page}</LocationProvider>, root));
    await vi.waitFor(() => expect(root.querySelector("[aria-busy]")).toBeNull());
  };

  it("of an integration keeps the source and the tenant that it began with", async () => {
    await shown(<NewIntegrationPage />);
    await vi.waitFor(() => expect(chosen()).toEqual(["globex", "globex"]));
    await otherCame();
    expect(chosen()).toEqual(["globex", "globex"]);
  });

  it("of a replay keeps the tenant that it began with", async () => {
    await shown(<NewReplay done={() => {}} />);
    await act(() => root.querySelector("button")?.click());
    await vi.waitFor(() => expect(chosen()).toEqual(["", "", "globex"]));
    names = ["acme", "globex"];
    changed("tenants", "plugins");
    await vi.waitFor(() => expect(root.textContent).toContain("acme"));
    expect(chosen()).toEqual(["", "", "globex"]);
  });

  it("shows no answer to what is no longer filled in", async () => {
    await shown(<NewIntegrationPage />);
    const test = async () => {
      await act(async () =>
        [...root.querySelectorAll("button")]
          .find((one) => one.textContent === "Test the connection")
          ?.click(),
      );
      return () =>
        act(async () => {
          tested(new Response('{"ok":true,"message":"it works"}'));
          await new Promise((resolve) => setTimeout(resolve, 10));
        });
    };
    await type(root.querySelector("textarea"), "all");
    await type(root.querySelector("[type=url]"), "https://localhost");
    const late = await test();
    await type(root.querySelector("[type=password]"), "secret");
    await late();
    expect(root.querySelector(".tested")).toBeNull();
    const intime = await test();
    await intime();
    expect(root.querySelector(".tested")?.textContent).toContain("it works");
  });
});
