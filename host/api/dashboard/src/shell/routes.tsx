import { useState } from "preact/hooks";
import { ErrorBoundary, lazy, Route, Router } from "preact-iso";
import { asError } from "../api/resource";
import { NotFoundPage } from "../pages/not-found/not-found";
import { Problem } from "../parts/problem";

const Flow = lazy(() => import("../pages/flow/flow").then((it) => it.FlowPage));
const Jobs = lazy(() => import("../pages/jobs/jobs").then((it) => it.JobsPage));
const Job = lazy(() => import("../pages/jobs/job").then((it) => it.JobPage));
const Runs = lazy(() => import("../pages/runs/runs").then((it) => it.RunsPage));
const Run = lazy(() => import("../pages/runs/run").then((it) => it.RunPage));
const Replays = lazy(() => import("../pages/replays/replays").then((it) => it.ReplaysPage));
const Replay = lazy(() => import("../pages/replays/replay").then((it) => it.ReplayPage));
const Groups = lazy(() => import("../pages/dead-letters/groups").then((it) => it.GroupsPage));
const Group = lazy(() => import("../pages/dead-letters/group").then((it) => it.GroupPage));
const Letter = lazy(() => import("../pages/dead-letters/letter").then((it) => it.LetterPage));
const Plugins = lazy(() => import("../pages/plugins/plugins").then((it) => it.PluginsPage));
const Plugin = lazy(() => import("../pages/plugins/plugin").then((it) => it.PluginPage));
const Diff = lazy(() => import("../pages/plugins/diff").then((it) => it.DiffPage));
const Trial = lazy(() => import("../pages/plugins/trial").then((it) => it.TrialPage));
const Tables = lazy(() => import("../pages/data/tables").then((it) => it.TablesPage));
const Rows = lazy(() => import("../pages/data/rows").then((it) => it.RowsPage));
const Lineage = lazy(() => import("../pages/data/lineage").then((it) => it.LineagePage));
const Integrations = lazy(() =>
  import("../pages/integrations/integrations").then((it) => it.IntegrationsPage),
);
const NewIntegration = lazy(() => import("../pages/integrations/new").then((it) => it.NewIntegrationPage));
const EditIntegration = lazy(() => import("../pages/integrations/edit").then((it) => it.EditIntegrationPage));
const Integration = lazy(() => import("../pages/integrations/integration").then((it) => it.IntegrationPage));
const Quotas = lazy(() => import("../pages/quotas/quotas").then((it) => it.QuotasPage));
const Tenants = lazy(() => import("../pages/tenants/tenants").then((it) => it.TenantsPage));
const Users = lazy(() => import("../pages/users/users").then((it) => it.UsersPage));
const Audit = lazy(() => import("../pages/audit/audit").then((it) => it.AuditPage));
const Account = lazy(() => import("../pages/account/account").then((it) => it.AccountPage));

/** Which page is at which path. */
export function Routes() {
  const [broken, setBroken] = useState<Error | null>(null);
  if (broken) return <Problem error={asError(broken)} retry={() => location.reload()} />;
  return (
    <ErrorBoundary onError={setBroken}>
      <Router>
        <Route path="/" component={Flow} />
        <Route path="/jobs" component={Jobs} />
        <Route path="/jobs/:id" component={Job} />
        <Route path="/runs" component={Runs} />
        <Route path="/runs/:id" component={Run} />
        <Route path="/replays" component={Replays} />
        <Route path="/replays/:id" component={Replay} />
        <Route path="/dead-letters" component={Groups} />
        <Route path="/dead-letters/groups/:fingerprint" component={Group} />
        <Route path="/dead-letters/:id" component={Letter} />
        <Route path="/plugins" component={Plugins} />
        <Route path="/plugins/:name" component={Plugin} />
        <Route path="/plugins/:name/diff" component={Diff} />
        <Route path="/trials/:id" component={Trial} />
        <Route path="/data" component={Tables} />
        <Route path="/data/:table" component={Rows} />
        <Route path="/data/:table/:id" component={Lineage} />
        <Route path="/integrations" component={Integrations} />
        <Route path="/integrations/new" component={NewIntegration} />
        <Route path="/integrations/:id" component={Integration} />
        <Route path="/integrations/:id/edit" component={EditIntegration} />
        <Route path="/quotas" component={Quotas} />
        <Route path="/tenants" component={Tenants} />
        <Route path="/users" component={Users} />
        <Route path="/audit" component={Audit} />
        <Route path="/account" component={Account} />
        <Route default component={NotFoundPage} />
      </Router>
    </ErrorBoundary>
  );
}
