import { UserPlus } from "lucide";
import { useState } from "preact/hooks";
import type { Grant, User } from "../../api/access";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { GrantFields } from "../../parts/grants";
import { Icon } from "../../parts/icon";
import { NewPassword } from "../../parts/new-password";
import { Problem } from "../../parts/problem";
import { useTenants } from "../../parts/tenants";

export function NewUser({ done }: { done: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="primary" onClick={() => setOpen(true)}>
        <Icon of={UserPlus} />
        Add a user
      </button>
      <Dialog open={open} title="Add a user" onClose={() => setOpen(false)}>
        <UserForm
          user={null}
          done={() => {
            setOpen(false);
            done();
          }}
        />
      </Dialog>
    </>
  );
}

export function EditUser({ user, done }: { user: User; done: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Change
        <span class="hidden"> {user.name}</span>
      </button>
      <Dialog open={open} title={`Change ${user.name}`} onClose={() => setOpen(false)}>
        <UserForm
          user={user}
          done={() => {
            setOpen(false);
            done();
          }}
        />
      </Dialog>
    </>
  );
}

/** Adds a user, or changes the one that is given. */
function UserForm({ user, done }: { user: User | null; done: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [grants, setGrants] = useState<Grant[]>(user?.grants ?? []);
  const tenants = useTenants();
  const action = useAction();
  const save = () => {
    if (user === null) return send("POST", "/users", { name, password, grants });
    const body = { grants, ...(password !== "" && { password }) };
    return send("PATCH", `/users/${encodeURIComponent(user.name)}`, body);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await action.run(save, user === null ? "The user is added" : "The user is changed")) done();
  };
  return (
    <form onSubmit={submit}>
      <div class="body">
        {user === null && (
          <Field label="Name" name="name" error={action.error}>
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
        )}
        <NewPassword
          label={user === null ? "Password" : "New password, if it is to be another"}
          name="password"
          required={user === null}
          value={password}
          onChange={setPassword}
          error={action.error}
        />
        <GrantFields grants={grants} onChange={setGrants} tenants={tenants} everyone />
        <Problem error={action.error} known={["name", "password"]} />
      </div>
      <footer>
        <button type="submit" class="primary" disabled={action.busy}>
          {user === null ? "Add the user" : "Save"}
        </button>
      </footer>
    </form>
  );
}
