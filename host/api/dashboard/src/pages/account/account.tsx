import { isReadOnly, me } from "../../api/session";
import { GrantList } from "../../parts/grants";
import { Page, Section } from "../../parts/page";
import { Password } from "./password";
import { Tokens } from "./tokens";

/** Who is signed in: what they may do, their password, their tokens. */
export function AccountPage() {
  return (
    <Page title={me.value?.name ?? "Account"}>
      <Section title="What you may do">
        <GrantList grants={me.value?.grants ?? []} />
      </Section>
      <Tokens />
      {!isReadOnly() && <Password />}
    </Page>
  );
}
