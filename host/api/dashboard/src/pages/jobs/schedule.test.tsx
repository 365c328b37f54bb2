import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import type { Job } from "../../api/work";
import { place } from "../../testing/page";
import { EditSchedule } from "./schedule";

const JOB = {
  id: 1,
  every_minutes: 60,
  priority: 0,
  jitter_seconds: 0,
  overlap: "skip",
  depends_on: [],
} as unknown as Job;

const root = place();

afterEach(() => vi.unstubAllGlobals());

it("a schedule that is changed leaves as it is what others change meanwhile", async () => {
  const sent = vi.fn();
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    sent(JSON.parse(String(init.body)));
    return new Response("{}");
  });
  const shown = (job: Job) => act(() => render(<EditSchedule job={job} done={() => {}} />, root));
  await shown(JOB);
  await act(() => root.querySelector("button")?.click());
  await shown({ ...JOB, priority: 9 });
  const every = root.querySelector("input") as HTMLInputElement;
  await act(() => {
    every.value = "30";
    every.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await act(async () => root.querySelector<HTMLButtonElement>("[type=submit]")?.click());
  expect(sent).toHaveBeenCalledWith({ every_minutes: 30 });
});
