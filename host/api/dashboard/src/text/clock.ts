import { signal } from "@preact/signals";

const TICK_MS = 1_000;

/** The time, for what is shown relative to it. Stands still while nobody looks. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, TICK_MS);
