import type { ApiError } from "../../api/problem";
import { Field } from "../../parts/field";
import { defaultText, mistakeIn, type Setting } from "./schema";

interface Props {
  setting: Setting;
  text: string;
  onChange: (text: string) => void;
  error: ApiError | null;
}

/** A control for a setting, as its schema asks for. */
export function SettingField({ setting, text, onChange, error }: Props) {
  const { label, name, hint, kind, required, schema } = setting;
  const usual = defaultText(setting);
  const changed = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  return (
    <Field label={label} name={name} hint={hint} error={error}>
      {(control) => {
        const common = { ...control, required, value: text };
        switch (kind) {
          case "flag":
            return <Choice {...common} usual={usual} options={["true", "false"]} onChange={changed} />;
          case "choice":
            return (
              <Choice
                {...common}
                usual={usual}
                options={(schema.enum ?? []).map(String)}
                onChange={changed}
              />
            );
          case "number":
            return (
              <input
                {...common}
                type="number"
                min={schema.minimum}
                max={schema.maximum}
                step={schema.type === "integer" ? 1 : "any"}
                placeholder={usual}
                onInput={changed}
              />
            );
          case "text":
            return (
              <input
                {...common}
                pattern={schema.pattern}
                maxLength={schema.maxLength}
                placeholder={usual}
                onInput={changed}
              />
            );
          default:
            return (
              <textarea
                {...common}
                rows={3}
                placeholder={usual}
                onInput={(event) => {
                  event.currentTarget.setCustomValidity(mistakeIn(setting, event.currentTarget.value) ?? "");
                  changed(event);
                }}
              />
            );
        }
      }}
    </Field>
  );
}

interface ChoiceProps {
  usual: string;
  options: string[];
  value: string;
  required: boolean;
  onChange: (event: { currentTarget: { value: string } }) => void;
}

const SHOWN: Record<string, string> = { true: "Yes", false: "No" };

function Choice({ usual, options, ...control }: ChoiceProps) {
  return (
    <select {...control}>
      <option value="">{usual === "" ? "Not set" : `As usual: ${SHOWN[usual] ?? usual}`}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {SHOWN[option] ?? option}
        </option>
      ))}
    </select>
  );
}
