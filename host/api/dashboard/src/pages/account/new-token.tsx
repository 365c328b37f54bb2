import { KeyRound } from "lucide";
import { useState } from "preact/hooks";
import type { Grant, NewToken } from "../../api/access";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { may, me } from "../../api/session";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { GrantFields } from "../../parts/grants";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";
import { useTenants } from "../../parts/tenants";

export function MakeToken({ done }: { done: (token: NewToken) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        <Icon of={KeyRound} />
        Make a token
      </button>
      <Dialog open={open} title="Make an API token" onClose={() => setOpen(false)}>
        <TokenForm
          done={(token) => {
            setOpen(false);
            done(token);
          }}
        />
      </Dialog>
    </>
  );
}

const USUAL_DAYS = 90;

function TokenForm({ done }: { done: (token: NewToken) => void }) {
  const [name, setName] = useState("");
  const [days, setDays] = useState(USUAL_DAYS);
  const [grants, setGrants] = useState<Grant[]>(me.value?.grants ?? []);
  const tenants = useTenants();
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    const body = { name, grants, expires_in_days: days };
    void action.run(async () => done(await send<NewToken>("POST", "/tokens", body)));
  };
  return (
    <form onSubmit={submit}>
      <div class="body">
        <Field label="Name" name="name" hint="What it is for." error={action.error}>
          {(control) => (
            <input
              {...control}
              required
              autocomplete="off"
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Expires in days" name="expires_in_days" error={action.error}>
          {(control) => (
            <input
              {...control}
              type="number"
              min={1}
              max={365}
              required
              value={days}
              onInput={(event) => setDays(event.currentTarget.valueAsNumber)}
            />
          )}
        </Field>
        <GrantFields grants={grants} onChange={setGrants} tenants={tenants} everyone={may("viewer", null)} />
        <Problem error={action.error} known={["name", "expires_in_days"]} />
      </div>
      <footer>
        <button type="submit" class="primary" disabled={action.busy}>
          Make it
        </button>
      </footer>
    </form>
  );
}
