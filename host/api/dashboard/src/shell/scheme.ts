import { computed, effect, signal } from "@preact/signals";

export const SCHEMES = ["system", "light", "dark"] as const;
export type Scheme = (typeof SCHEMES)[number];

const KEY = "runnel-scheme";

/** Light, dark, or as the system has it. */
export const scheme = signal<Scheme>(stored());

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(dark.matches);
dark.addEventListener("change", () => {
  systemIsDark.value = dark.matches;
});

/** What the pages look like in the end. */
export const look = computed(() => {
  if (scheme.value !== "system") return scheme.value;
  return systemIsDark.value ? "dark" : "light";
});

effect(() => {
  document.documentElement.dataset.scheme = scheme.value;
  try {
    localStorage.setItem(KEY, scheme.value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
});

function stored(): Scheme {
  try {
    const value = localStorage.getItem(KEY);
    return SCHEMES.find((one) => one === value) ?? "system";
  } catch {
    return "system";
  }
}
