import { jsonText, readJson } from "../text/json";
import { ApiError, problemOf, unreachable } from "./problem";

const BASE = "/api/v1";
const RETRY_AFTER_MS = 800;
/** How often it is asked what became of a change that is under way. */
const MOST_TIMES = 60;

export type Query = Record<string, string | number | boolean | null | undefined | string[]>;
export type Method = "POST" | "PUT" | "PATCH" | "DELETE";

let onSignedOut: () => void = () => {};

/** Says whom to tell that the session has ended. */
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

/** The text of a query; what is empty is left out. */
export function queryText(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") params.append(name, String(one));
    }
  }
  const text = params.toString();
  return text && `?${text}`;
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return call<T>(path + queryText(query), { signal: signal ?? null });
}

/** Sends a change. It has a key, so that it is done once though it is sent again. */
export async function send<T = void>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "idempotency-key": randomKey() };
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = jsonText(body);
  return sendOnce<T>(path, init);
}

/** Sends bytes, such as a component's. */
export function upload<T>(path: string, bytes: Blob, headers: Record<string, string>): Promise<T> {
  const all = { "content-type": "application/wasm", "idempotency-key": randomKey(), ...headers };
  return sendOnce<T>(path, { method: "POST", headers: all, body: bytes });
}

async function sendOnce<T>(path: string, init: RequestInit): Promise<T> {
  let lost = 0;
  for (let time = 1; ; time++) {
    try {
      return await call<T>(path, init);
    } catch (error) {
      if (!(error instanceof ApiError) || time === MOST_TIMES) throw error;
      // The answer may have been lost and not the change: the key tells the host.
      if (error.status === 0) lost++;
      if (lost > 1 || !(error.status === 0 || error.isUnderWay)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(BASE + path, { credentials: "same-origin", ...init }).catch((error) => {
    throw init.signal?.aborted ? error : unreachable();
  });
  if (response.ok) return (response.status === 204 ? undefined : readJson(await response.text())) as T;
  const error = await problemOf(response);
  if (response.status === 401 && !path.startsWith("/session")) onSignedOut();
  throw error;
}

// Not randomUUID: a host in a private network may be without TLS.
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
