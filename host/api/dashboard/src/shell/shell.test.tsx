import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { live, lostAt } from "../api/live";
import { session } from "../api/session";
import { place } from "../testing/page";
import { now } from "../text/clock";
import { AccountMenu } from "./account-menu";
import { LostBanner } from "./lost";

const root = place();

afterEach(() => vi.unstubAllGlobals());

describe("a page that hears nothing", () => {
  it("shows for how long, and tells it once", async () => {
    await act(() => render(<LostBanner />, root));
    const told = () => root.querySelector("[role=status]")?.textContent;
    expect(told()).toBe("");
    for (const seconds of [5, 6]) {
      await act(() => {
        live.value = "lost";
        lostAt.value = now.value - seconds * 1_000;
      });
      expect(told()).toBe("The host does not answer.");
      expect(root.textContent).toContain(`What you see is ${seconds}\u00a0s old.`);
    }
    live.value = "connecting";
    lostAt.value = null;
  });
});

describe("signing out", () => {
  it("says what keeps it from being done", async () => {
    session.value = { state: "signed-in", me: { name: "ada", grants: [], read_only: false } };
    vi.stubGlobal("fetch", async () => new Response('{"detail":"not now"}', { status: 503 }));
    await act(() => render(<AccountMenu path="/" />, root));
    await act(async () => root.querySelector("button")?.click());
    await vi.waitFor(() => expect(root.querySelector("[role=alert]")?.textContent).toBe("not now"));
  });
});
