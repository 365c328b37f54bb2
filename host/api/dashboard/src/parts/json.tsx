import { jsonText, laidOut } from "../text/json";

interface Props {
  label: string;
  open?: boolean;
}

/** A value of JSON that can be folded. Its texts are a service's, and are shown as text. */
export function Json({ value, ...props }: Props & { value: unknown }) {
  return <Folded {...props} text={jsonText(value, 2)} />;
}

/** JSON as somebody sent it; none: it is gone. */
export function Sent({ text, ...props }: Props & { text: string | null }) {
  return <Folded {...props} text={laidOut(text ?? "null")} />;
}

function Folded({ text, label, open = true }: Props & { text: string }) {
  return (
    <details class="json" open={open}>
      <summary>{label}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section tabIndex={0} aria-label={label}>
        <pre dir="ltr">{text}</pre>
      </section>
    </details>
  );
}
