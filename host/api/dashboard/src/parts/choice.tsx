import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Choices } from "./choices";
import type { Control } from "./field";
import type { Filters } from "./filters";

interface Props extends Partial<Control> {
  choices: Choices;
  value: string;
  /** How the value reads where it is not among the choices. */
  shown?: string | undefined;
  /** What no value means, where that can be chosen. */
  none?: string | undefined;
  onChange: (value: string) => void;
  "aria-label"?: string;
}

/** Chooses one: of all that there are, or, where there are many, of those that a search finds. */
export function Choice(props: Props) {
  return props.choices.isAll ? <OneOfAll {...props} /> : <OneOfMany {...props} />;
}

function OneOfAll({ choices, value, shown, none, onChange, ...control }: Props) {
  const { first } = choices;
  const isKnown = value === "" || first.some((option) => option.value === value);
  return (
    <select {...control} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {none !== undefined && <option value="">{none}</option>}
      {!isKnown && <option value={value}>{shown ?? value}</option>}
      {first.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function OneOfMany({ choices, value, shown, none, onChange, ...control }: Props) {
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  // None: what is chosen is shown.
  const [typed, setTyped] = useState<string | null>(null);
  const { found } = choices;
  const chosen = found.find((option) => option.label === typed);
  const label = found.find((option) => option.value === value)?.label ?? shown ?? value;
  useEffect(() => {
    if (!chosen) return;
    setTyped(null);
    onChange(chosen.value);
  }, [chosen?.value]);
  useEffect(() => {
    // Else a form would be sent with what was chosen before.
    const mistake = typed === null || typed === "" ? "" : "Choose one of those that are offered.";
    input.current?.setCustomValidity(mistake);
  }, [typed]);
  const type = (text: string) => {
    choices.search(text);
    setTyped(text);
    if (text === "" && none !== undefined) onChange("");
  };
  return (
    <>
      <input
        {...control}
        ref={input}
        type="search"
        list={list}
        required={none === undefined}
        placeholder={none ?? "Search"}
        value={typed ?? label}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <datalist id={list}>
        {found.map((option) => (
          <option key={option.value} value={option.label} />
        ))}
      </datalist>
    </>
  );
}

interface FilterProps {
  filters: Filters;
  name: string;
  label: string;
  choices: Choices;
  shown?: string | undefined;
}

export function ChoiceFilter({ filters, name, label, choices, shown }: FilterProps) {
  return (
    <label>
      <span>{label}</span>
      <Choice
        choices={choices}
        value={filters.get(name)}
        shown={shown}
        none="All"
        onChange={(value) => filters.set({ [name]: value })}
      />
    </label>
  );
}
