import { useEffect, useState } from "preact/hooks";
import type { Me } from "../../api/access";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { signedIn } from "../../api/session";
import { Field } from "../../parts/field";
import { Problem } from "../../parts/problem";

/** Asks who it is. What was looked at is shown afterwards. */
export function SignInPage({ expired }: { expired: boolean }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const action = useAction();
  useEffect(() => {
    document.title = "Sign in · Runnel";
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => signedIn(await send<Me>("POST", "/session", { name, password })));
  };
  return (
    <main class="alone">
      <form class="card" onSubmit={submit}>
        <h1>Sign in to Runnel</h1>
        {expired && (
          <p role="status">Your session has ended. Sign in again, and you are back where you were.</p>
        )}
        <Field label="Name" name="name" error={action.error}>
          {(control) => (
            <input
              {...control}
              autocomplete="username"
              required
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Password" name="password" error={action.error}>
          {(control) => (
            <input
              {...control}
              type="password"
              autocomplete="current-password"
              required
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          )}
        </Field>
        <Problem error={action.error} known={["name", "password"]} />
        <button type="submit" class="primary" disabled={action.busy}>
          Sign in
        </button>
      </form>
    </main>
  );
}
