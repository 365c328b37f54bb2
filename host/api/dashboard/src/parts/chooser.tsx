import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
  label: ComponentChildren;
  children: ComponentChildren;
}

/** A button that shows what can be chosen; Escape and a click elsewhere put it away. */
export function Chooser({ label, children }: Props) {
  const id = useId();
  return (
    <div>
      <button type="button" popovertarget={id}>
        {label}
      </button>
      <div id={id} class="chooser" popover="auto">
        {children}
      </div>
    </div>
  );
}
