import { computed, signal } from "@preact/signals";
import type { Flow } from "./flow";
import { loadSession, me } from "./session";

export type LiveState = "connecting" | "live" | "lost";

/** Whether the page hears of what changes. */
export const live = signal<LiveState>("connecting");
/** When it lost the stream of events. */
export const lostAt = signal<number | null>(null);
export const flow = signal<Flow | null>(null);

// Another may not see what one has seen. A session that is asked for anew is still the same.
computed(() => me.value?.name).subscribe(() => {
  flow.value = null;
});

type Listener = (what: ReadonlySet<string>) => void;
const listeners = new Set<Listener>();

/** Everything may have changed: the stream was away for some time. */
export const EVERYTHING: ReadonlySet<string> = new Set(["*"]);

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

// A browser opens six connections to a host at most, and each tab would keep one.
const HIDDEN_MS = 30_000;

// Three times what the host lets pass before it says that it is alive. A connection that
// broke on the way, as when a laptop slept, may seem open for hours.
const SILENT_MS = 45_000;

let source: EventSource | null = null;
let silence: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;
/** The stream has been away, so that something may have been missed. */
let missed = false;
let retry: ReturnType<typeof setTimeout> | undefined;
let wait = FIRST_RETRY_MS;

/** Calls back with what has changed, until the answer is called. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function connect(): void {
  disconnect();
  document.addEventListener("visibilitychange", seen);
  source = new EventSource("/api/v1/events");
  heard();
  // A page may begin, or come back, where nobody looks.
  seen();
  source.onopen = opened;
  source.onerror = lost;
  source.addEventListener("alive", heard);
  source.addEventListener("flow", (event) => {
    heard();
    flow.value = parsed<Flow>(event.data);
  });
  source.addEventListener("changed", (event) => {
    heard();
    tell(new Set(parsed<{ what: string[] }>(event.data).what));
  });
}

export function disconnect(): void {
  document.removeEventListener("visibilitychange", seen);
  clearTimeout(hiding);
  clearTimeout(retry);
  close();
}

function close(): void {
  clearTimeout(silence);
  source?.close();
  source = null;
}

function heard(): void {
  clearTimeout(silence);
  silence = setTimeout(silent, SILENT_MS);
}

function silent(): void {
  lostAt.value ??= Date.now() - SILENT_MS;
  lost();
}

/** Gives the stream up while nobody looks, and gets it back when somebody does. */
function seen(): void {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(pause, HIDDEN_MS);
  else if (source === null) connect();
}

function pause(): void {
  clearTimeout(retry);
  close();
  missed = true;
  live.value = "connecting";
}

function opened(): void {
  heard();
  wait = FIRST_RETRY_MS;
  live.value = "live";
  lostAt.value = null;
  if (missed) tell(EVERYTHING);
  missed = false;
}

// Not left to the browser, which gives up for good after an answer that is an error.
function lost(): void {
  disconnect();
  missed = true;
  live.value = "lost";
  lostAt.value ??= Date.now();
  retry = setTimeout(reconnect, wait);
  wait = Math.min(wait * 2, LAST_RETRY_MS);
}

/** Connects again, unless the session has ended meanwhile. */
export async function reconnect(): Promise<void> {
  clearTimeout(retry);
  await loadSession();
  if (me.value) connect();
}

function tell(what: ReadonlySet<string>): void {
  for (const listener of listeners) listener(what);
}

function parsed<T>(data: string): T {
  return JSON.parse(data) as T;
}
