import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { Me } from "../../api/access";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { signedIn } from "../../api/session";
import { Field } from "../../parts/field";
import { NewPassword } from "../../parts/new-password";
import { Problem } from "../../parts/problem";

/** Makes the first admin, for who has the link that the host printed. */
export function SetUpPage() {
  const [link, setLink] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const action = useAction();
  const { route } = useLocation();
  useEffect(() => {
    document.title = "Set up · Runnel";
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      const me = await send<Me>("POST", "/setup", { link: linkOf(link), name, password });
      // The link has been used, and is nobody's to find in the history.
      route("/", true);
      signedIn(me);
    });
  };
  return (
    <main class="alone">
      <form class="card" onSubmit={submit}>
        <h1>Set up Runnel</h1>
        <p>Nobody can sign in yet. Make the first admin, who can let in everybody else.</p>
        <Field
          label="Link"
          name="link"
          hint="The host wrote it into its log when it first started, and takes it once."
          error={action.error}
        >
          {(control) => (
            <input
              {...control}
              required
              autocomplete="off"
              spellcheck={false}
              value={link}
              onInput={(event) => setLink(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Your name" name="name" error={action.error}>
          {(control) => (
            <input
              {...control}
              required
              autocomplete="username"
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <NewPassword
          label="Password"
          name="password"
          value={password}
          onChange={setPassword}
          error={action.error}
        />
        <Problem error={action.error} known={["link", "name", "password"]} />
        <button type="submit" class="primary" disabled={action.busy}>
          Make the first admin
        </button>
      </form>
    </main>
  );
}

// People paste the whole address.
function linkOf(text: string): string {
  return text.trim().replace(/^.*#/, "");
}
