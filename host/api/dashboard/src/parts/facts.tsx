import type { ComponentChildren } from "preact";

export type Fact = [name: string, value: ComponentChildren] | false | null;

/** What is known of something, by name. */
export function Facts({ of }: { of: Fact[] }) {
  return (
    <dl class="facts">
      {of.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** Figures that stand beside one another. */
export function Figures({
  of,
}: {
  of: [name: string, value: ComponentChildren, tone?: "bad" | "good" | ""][];
}) {
  return (
    <dl class="figures">
      {of.map(([name, value, tone]) => (
        <div key={name} class={tone ?? ""}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
