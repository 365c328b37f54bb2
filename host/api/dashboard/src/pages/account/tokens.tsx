import { useState } from "preact/hooks";
import type { NewToken, Token } from "../../api/access";
import { send } from "../../api/client";
import { useList } from "../../api/list";
import { isReadOnly } from "../../api/session";
import { ActionButton } from "../../parts/action";
import { CopyButton } from "../../parts/copy";
import { GrantList } from "../../parts/grants";
import { ListTable } from "../../parts/list";
import { Section } from "../../parts/page";
import type { Column } from "../../parts/table";
import { When } from "../../parts/time";
import { MakeToken } from "./new-token";

export function Tokens() {
  const tokens = useList<Token>("/tokens", {}, ["tokens"]);
  const [made, setMade] = useState<NewToken | null>(null);
  const add = !isReadOnly() && (
    <MakeToken
      done={(token) => {
        setMade(token);
        tokens.refresh();
      }}
    />
  );
  return (
    <Section title="API tokens" beside={add}>
      {made && <Secret token={made} />}
      <ListTable
        of={tokens}
        label="API tokens"
        columns={columns(tokens.refresh)}
        id={(token) => token.id}
        empty={<p>A token lets a program call the API as you, within what it is granted.</p>}
      />
    </Section>
  );
}

function Secret({ token }: { token: NewToken }) {
  if (token.secret === null) {
    return (
      <p class="problem" role="status">
        The token was made, and the answer with its secret was lost. Revoke it, and make another.
      </p>
    );
  }
  return (
    <div class="secret" role="status">
      <p>
        The token <bdi>{token.name}</bdi>. It is shown this once: keep it where secrets are kept.
      </p>
      <code class="break">{token.secret}</code>
      <CopyButton text={token.secret} label="Copy the token" />
    </div>
  );
}

function columns(done: () => void): Column<Token>[] {
  return [
    { head: "Token", main: true, cell: (token) => <bdi>{token.name}</bdi> },
    { head: "May do", cell: (token) => <GrantList grants={token.grants} /> },
    { head: "Made", cell: (token) => <When at={token.created_at} /> },
    { head: "Last used", cell: (token) => <When at={token.last_used_at} none="never" /> },
    { head: "Expires", cell: (token) => <When at={token.expires_at} /> },
    {
      head: "",
      cell: (token) =>
        !isReadOnly() && (
          <ActionButton
            label="Revoke"
            kind="danger"
            ask={`What uses the token ${token.name} is refused from now on.`}
            run={() => send("DELETE", `/tokens/${token.id}`)}
            done="The token is revoked"
            then={done}
          />
        ),
    },
  ];
}
