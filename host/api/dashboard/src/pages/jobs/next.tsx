import type { Job } from "../../api/work";
import { When } from "../../parts/time";

/** When a job runs next. */
export function Next({ job }: { job: Job }) {
  if (job.requested_at) return <>asked for</>;
  return job.paused || job.integration_paused ? <span class="dim">paused</span> : <When at={job.due_at} />;
}
