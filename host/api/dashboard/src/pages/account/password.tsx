import { useState } from "preact/hooks";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { me } from "../../api/session";
import { Field } from "../../parts/field";
import { NewPassword } from "../../parts/new-password";
import { Section } from "../../parts/page";
import { Problem } from "../../parts/problem";

export function Password() {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const action = useAction();
  const submit = async (event: Event) => {
    event.preventDefault();
    const put = () => send("PUT", "/session/password", { old, new: next });
    if (!(await action.run(put, "The password is changed, and your other sessions have ended"))) return;
    setOld("");
    setNext("");
  };
  return (
    <Section title="Password">
      <form class="form" onSubmit={submit}>
        <input
          class="hidden"
          autocomplete="username"
          readOnly
          tabIndex={-1}
          aria-hidden="true"
          value={me.value?.name}
        />
        <Field label="The one you have" name="old" error={action.error}>
          {(control) => (
            <input
              {...control}
              type="password"
              autocomplete="current-password"
              required
              value={old}
              onInput={(event) => setOld(event.currentTarget.value)}
            />
          )}
        </Field>
        <NewPassword label="The new one" name="new" value={next} onChange={setNext} error={action.error} />
        <Problem error={action.error} known={["old", "new"]} />
        <div class="actions">
          <button type="submit" disabled={action.busy}>
            Change the password
          </button>
        </div>
      </form>
    </Section>
  );
}
