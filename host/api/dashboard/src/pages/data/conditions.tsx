import { Plus, X } from "lucide";
import { useState } from "preact/hooks";
import type { Column } from "../../api/data";
import { Chooser } from "../../parts/chooser";
import type { Filters } from "../../parts/filters";
import { Icon } from "../../parts/icon";
import { conditionText, conditionWords, OPERATORS, type Operator, parseCondition } from "./where";

/** The conditions on columns that rows meet, and one more. */
export function Conditions({ columns, filters }: { columns: Column[]; filters: Filters }) {
  const texts = filters.all("where");
  const remove = (text: string) => filters.set({ where: texts.filter((one) => one !== text) });
  return (
    <div class="conditions">
      {texts.map((text) => {
        const condition = parseCondition(text);
        const words = condition ? conditionWords(condition) : text;
        return (
          <span key={text} class="condition">
            <bdi>{words}</bdi>
            <button
              type="button"
              class="icon-only quiet"
              aria-label={`Remove: ${words}`}
              onClick={() => remove(text)}
            >
              <Icon of={X} size={13} />
            </button>
          </span>
        );
      })}
      <AddCondition
        columns={columns}
        add={(text) => filters.set({ where: [...new Set([...texts, text])] })}
      />
    </div>
  );
}

function AddCondition({ columns, add }: { columns: Column[]; add: (text: string) => void }) {
  const [column, setColumn] = useState(columns[0]?.name ?? "");
  const [operator, setOperator] = useState<Operator>("eq");
  const [value, setValue] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (event.target instanceof HTMLElement) event.target.closest<HTMLElement>("[popover]")?.hidePopover();
    add(conditionText({ column, operator, value }));
    setValue("");
  };
  return (
    <Chooser
      label={
        <>
          <Icon of={Plus} size={14} /> Condition
        </>
      }
    >
      <form onSubmit={submit}>
        <select aria-label="Column" value={column} onChange={(event) => setColumn(event.currentTarget.value)}>
          {columns.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
        <select
          aria-label="Comparison"
          value={operator}
          onChange={(event) => setOperator(event.currentTarget.value as Operator)}
        >
          {Object.entries(OPERATORS).map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
        {operator !== "null" && (
          <input
            aria-label="Value"
            value={value}
            required
            onInput={(event) => setValue(event.currentTarget.value)}
          />
        )}
        <button type="submit" class="primary">
          Add
        </button>
      </form>
    </Chooser>
  );
}
