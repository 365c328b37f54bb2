import { Plus } from "lucide";
import { useState } from "preact/hooks";
import type { Tenant } from "../../api/access";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { useList } from "../../api/list";
import { may } from "../../api/session";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { Icon } from "../../parts/icon";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import { Problem } from "../../parts/problem";
import type { Column } from "../../parts/table";
import { When } from "../../parts/time";

const link = (page: string, tenant: Tenant) => `/${page}?tenant=${encodeURIComponent(tenant.name)}`;

const COLUMNS: Column<Tenant>[] = [
  { head: "Tenant", main: true, cell: (tenant) => <bdi>{tenant.name}</bdi> },
  { head: "Since", cell: (tenant) => <When at={tenant.created_at} /> },
  {
    head: "What it has",
    cell: (tenant) => (
      <span class="row-actions">
        <a href={link("integrations", tenant)}>Integrations</a>
        <a href={link("jobs", tenant)}>Jobs</a>
        <a href={link("runs", tenant)}>Runs</a>
        <a href={link("dead-letters", tenant)}>Dead letters</a>
      </span>
    ),
  },
];

export function TenantsPage() {
  const tenants = useList<Tenant>("/tenants", {}, ["tenants"]);
  return (
    <Page title="Tenants" actions={may("admin", null) && <NewTenant done={tenants.refresh} />}>
      <p class="lead">Whose data it is. Nobody sees anything of a tenant without a grant for it.</p>
      <ListTable
        of={tenants}
        label="Tenants"
        columns={COLUMNS}
        id={(tenant) => tenant.id}
        empty={<h2>There is no tenant that you see</h2>}
      />
    </Page>
  );
}

function NewTenant({ done }: { done: () => void }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const action = useAction();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!(await action.run(() => send("POST", "/tenants", { name }), "The tenant is added"))) return;
    setOpen(false);
    setName("");
    done();
  };
  return (
    <>
      <button type="button" class="primary" onClick={() => setOpen(true)}>
        <Icon of={Plus} />
        Add a tenant
      </button>
      <Dialog open={open} title="Add a tenant" onClose={() => setOpen(false)}>
        <form onSubmit={submit}>
          <div class="body">
            <Field label="Name" name="name" error={action.error}>
              {(control) => (
                <input
                  {...control}
                  required
                  value={name}
                  onInput={(event) => setName(event.currentTarget.value)}
                />
              )}
            </Field>
            <Problem error={action.error} known={["name"]} />
          </div>
          <footer>
            <button type="submit" class="primary" disabled={action.busy}>
              Add it
            </button>
          </footer>
        </form>
      </Dialog>
    </>
  );
}
