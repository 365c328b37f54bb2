import type { Page } from "../../api/pages";
import { useResource } from "../../api/resource";
import type { Job, Wait } from "../../api/work";
import { State } from "../../parts/badge";
import { Section } from "../../parts/page";
import { Problem } from "../../parts/problem";
import { When } from "../../parts/time";
import { withMoments } from "../../text/times";

/** What a job waits for and why, down the whole chain. */
export function Waits({ job }: { job: Job }) {
  const waits = useResource<Pick<Page<Wait>, "items">>(`/jobs/${job.id}/waits`, {}, [
    "jobs",
    "runs",
    "quotas",
  ]);
  const items = waits.data?.items ?? [];
  if (items.length === 0 && waits.error === null) return null;
  return (
    <Section title="What it waits for">
      <Problem error={waits.error} retry={waits.reload} />
      <Chain waits={items} />
    </Section>
  );
}

function Chain({ waits }: { waits: Wait[] }) {
  return (
    <ul class="chain">
      {waits.map((wait) => (
        <li key={wait.reason}>
          <bdi>{withMoments(wait.reason)}</bdi>
          {wait.until && (
            <span class="dim">
              {" ("}
              <When at={wait.until} />)
            </span>
          )}
          {wait.dependency && (
            <div class="dependency">
              <a href={`/jobs?q=${encodeURIComponent(wait.dependency.job)}`}>
                <bdi>{wait.dependency.job}</bdi>
              </a>{" "}
              <State of={wait.dependency.state} />
              <Chain waits={wait.dependency.waits} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
