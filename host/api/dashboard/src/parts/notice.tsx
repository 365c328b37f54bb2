import { signal } from "@preact/signals";

const SHOWN_MS = 5_000;

const notice = signal("");
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says for a moment what was done. */
export function notify(text: string): void {
  clearTimeout(timer);
  notice.value = text;
  timer = setTimeout(() => {
    notice.value = "";
  }, SHOWN_MS);
}

export function Notice() {
  return (
    <div class="notice" role="status" data-shown={notice.value !== ""}>
      <bdi>{notice.value}</bdi>
    </div>
  );
}
