import { effect, signal } from "@preact/signals";
import type { Flow } from "./flow";
import { flow } from "./live";

/** How the queues stood at a moment. */
export interface Moment {
  /** Seconds since 1970. */
  at: number;
  waiting: number;
  perMinute: number;
}

const KEPT_SECONDS = 900;

/** What this page has seen in the session, at most of a quarter of an hour. */
export const history = signal<Moment[]>([]);

effect(() => {
  history.value = flow.value ? remember(history.peek(), flow.value) : [];
});

/** Puts what is seen behind what was, and forgets what is too old. */
export function remember(seen: Moment[], now: Flow): Moment[] {
  const at = Date.parse(now.at) / 1000;
  const last = seen.at(-1);
  if (last && last.at >= at) return seen;
  const waiting = now.queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const perMinute = now.queues.reduce((sum, queue) => sum + queue.per_minute, 0);
  return [...seen.filter((one) => one.at > at - KEPT_SECONDS), { at, waiting, perMinute }];
}
