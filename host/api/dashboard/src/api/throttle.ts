/** Calls at once, and at most once in so many milliseconds; the last call is never lost. */
export function throttle(call: () => void, ms: number): { (): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const run = () => {
    timer = undefined;
    last = Date.now();
    call();
  };
  const throttled = () => {
    timer ??= setTimeout(run, Math.max(0, last + ms - Date.now()));
  };
  return Object.assign(throttled, { stop: () => clearTimeout(timer) });
}
