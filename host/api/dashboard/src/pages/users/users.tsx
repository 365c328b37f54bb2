import type { User } from "../../api/access";
import { send } from "../../api/client";
import { useList } from "../../api/list";
import { has, isReadOnly, me } from "../../api/session";
import { ActionButton } from "../../parts/action";
import { Tag } from "../../parts/badge";
import { GrantList } from "../../parts/grants";
import { ListTable } from "../../parts/list";
import { Missing } from "../../parts/loaded";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { When } from "../../parts/time";
import { EditUser, NewUser } from "./forms";

export function UsersPage() {
  if (!has("admin", null)) {
    return (
      <Page title="Users">
        <Missing />
      </Page>
    );
  }
  return <AllUsers />;
}

function AllUsers() {
  const users = useList<User>("/users", {}, ["users"]);
  return (
    <Page title="Users" actions={!isReadOnly() && <NewUser done={users.refresh} />}>
      <ListTable
        of={users}
        label="Users"
        columns={columns(users.refresh)}
        id={(user) => user.name}
        empty={<h2>There are no users</h2>}
      />
    </Page>
  );
}

function columns(done: () => void): Column<User>[] {
  return [
    { head: "User", main: true, cell: (user) => <bdi>{user.name}</bdi> },
    {
      head: "State",
      cell: (user) => (user.disabled ? <Tag tone="warn">disabled</Tag> : <Tag tone="good">enabled</Tag>),
    },
    { head: "May do", cell: (user) => <GrantList grants={user.grants} /> },
    { head: "Since", cell: (user) => <When at={user.created_at} /> },
    { head: "", cell: (user) => <Actions user={user} done={done} /> },
  ];
}

function Actions({ user, done }: { user: User; done: () => void }) {
  const path = `/users/${encodeURIComponent(user.name)}`;
  if (isReadOnly()) return null;
  // Whoever takes their own rights away locks themselves out.
  const self = user.name === me.value?.name;
  return (
    <span class="row-actions">
      <EditUser user={user} done={done} />
      {!self && (
        <ActionButton
          label={user.disabled ? "Enable" : "Disable"}
          run={() => send("PATCH", path, { disabled: !user.disabled })}
          done={user.disabled ? "They can sign in again" : "They are signed out, and cannot sign in"}
          then={done}
        />
      )}
      {!self && (
        <ActionButton
          label="Remove"
          kind="danger"
          ask={`${user.name} is signed out and removed, with their tokens. What they did stays in the audit.`}
          run={() => send("DELETE", path)}
          done="The user is removed"
          then={done}
        />
      )}
    </span>
  );
}
