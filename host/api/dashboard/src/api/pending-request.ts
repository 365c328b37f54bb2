import type { Why } from "./resource";

/** The one request that is under way, if any, and whether its answer may be old when it comes.
 * What is told of meanwhile does not abort it, or no answer would ever come where much changes:
 * it is remembered, so that one asks again afterwards. */
export class PendingRequest {
  #aborter = new AbortController();
  #isPending = false;
  #missed = false;

  /** Begins another in place of the one before; what that one missed will be in the answer. */
  begin(): AbortSignal {
    this.abort();
    this.#aborter = new AbortController();
    this.#isPending = true;
    return this.#aborter.signal;
  }

  abort(): void {
    this.#aborter.abort();
    this.finish();
  }

  /** Its answer is there. Says whether it missed something that was told of since it began. */
  finish(): boolean {
    const missed = this.#missed;
    this.#isPending = false;
    this.#missed = false;
    return missed;
  }

  /** Whether a change waits for the answer. Where the stream was away it does not: the answer may
   * never come. What is only asked for now and then is not remembered: it is being asked. */
  defers(why: Why): boolean {
    if (!this.#isPending || why === "away") return false;
    this.#missed ||= why === "told";
    return true;
  }
}
