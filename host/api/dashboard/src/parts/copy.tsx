import { Check, Copy } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "./icon";

/** Puts a text into the clipboard, where the browser lets a page do that. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState<string | null>(null);
  const done = copied === text;
  if (!navigator.clipboard) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(text));
  return (
    <button
      type="button"
      class="icon-only quiet"
      aria-label={done ? "Copied" : label}
      title={label}
      onClick={copy}
    >
      <Icon of={done ? Check : Copy} size={14} />
    </button>
  );
}
