const AGAIN_MS = 1_000;

/** Reads the page anew as soon as the host answers: before, the browser would put a page
 * of its own in the place of this one, and that does not come back by itself. */
export async function readAnew(): Promise<void> {
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  location.reload();
}

async function answers(): Promise<boolean> {
  return fetch("/healthz").then(
    (response) => response.ok,
    () => false,
  );
}
