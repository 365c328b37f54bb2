import type { IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../api/action";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { Problem } from "./problem";

interface Props {
  label: string;
  icon?: IconNode;
  kind?: "primary" | "danger" | "quiet" | "";
  /** What it says when it is done. */
  done: string;
  run: () => Promise<unknown>;
  /** What is asked before; without it the action runs at once. */
  ask?: ComponentChildren;
  then?: () => void;
  disabled?: boolean;
}

/** A button that does something; what destroys asks before. */
export function ActionButton({ label, icon, kind = "", done, run, ask, then, disabled }: Props) {
  const [open, setOpen] = useState(false);
  const action = useAction();
  const close = () => {
    setOpen(false);
    action.reset();
  };
  const perform = async () => {
    if (!(await action.run(run, done))) return setOpen(true);
    close();
    then?.();
  };
  const failed = action.error !== null;
  return (
    <>
      <button
        type="button"
        class={kind}
        disabled={disabled || action.busy}
        onClick={ask ? () => setOpen(true) : perform}
      >
        {icon && <Icon of={icon} />}
        {label}
      </button>
      <Dialog open={open && (ask !== undefined || failed)} title={ask ? `${label}?` : label} onClose={close}>
        {ask && <div class="body">{ask}</div>}
        <div class="body">
          <Problem error={action.error} />
        </div>
        <footer>
          <button type="button" onClick={close}>
            {ask ? "Keep it as it is" : "Close"}
          </button>
          <button
            type="button"
            class={kind === "danger" ? "danger" : "primary"}
            disabled={action.busy}
            onClick={perform}
          >
            {failed ? "Try again" : label}
          </button>
        </footer>
      </Dialog>
    </>
  );
}
