/** A value of JSON that can be folded. Its texts are a service's, and are shown as text. */
export function Json({ value, label, open = true }: { value: unknown; label: string; open?: boolean }) {
  return (
    <details class="json" open={open}>
      <summary>{label}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section tabIndex={0} aria-label={label}>
        <pre dir="ltr">{JSON.stringify(value, null, 2)}</pre>
      </section>
    </details>
  );
}
