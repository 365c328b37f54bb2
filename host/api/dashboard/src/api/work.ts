export const JOB_STATES = ["failing", "waiting", "running", "scheduled", "paused"] as const;
export type JobState = (typeof JOB_STATES)[number];

export const RUN_STATES = ["waiting", "running", "succeeded", "failed", "cancelled"] as const;
export type RunState = (typeof RUN_STATES)[number];

export const OVERLAPS = ["skip", "buffer", "allow"] as const;
export type Overlap = (typeof OVERLAPS)[number];

export interface Job {
  id: number;
  tenant: string;
  integration: string;
  integration_id: number;
  source: string;
  name: string;
  stream: string;
  every_minutes: number;
  overlap: Overlap;
  misfire: string;
  jitter_seconds: number;
  priority: number;
  depends_on: string[];
  paused: boolean;
  integration_paused: boolean;
  state: JobState;
  /** When it is due; what lies behind waits for something else. */
  due_at: string;
  requested_at: string | null;
  /** Runs that are under way. */
  running: number;
  last: { run: number; state: RunState; finished_at: string } | null;
  succeeded_at: string | null;
  failures: number;
}

/** Why a job has not started; where that is another job, what that one waits for. */
export interface Wait {
  reason: string;
  until?: string | null;
  dependency?: { job: string; state: string; waits: Wait[] } | null;
}

export interface Counters {
  requests: number;
  bytes: number;
  retries: number;
  extracted: number;
  transformed: number;
  loaded: number;
  unchanged: number;
  dead: number;
  failed: number;
}

export interface Run {
  id: number;
  tenant: string;
  integration: string;
  integration_id: number;
  job: string | null;
  job_id: number | null;
  replay: number | null;
  stream: string;
  state: RunState;
  counters: Counters;
  open_requests: number;
  planning: boolean;
  done: number | null;
  estimate_seconds: number | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface RunDetail extends Run {
  problems: { message: string; at: string }[];
  notes: RunNote[];
  skipped: { what: string; reason: string }[];
  /** Tasks that can be queued again. */
  given_up: number;
}

/** Something that happened and was not for good. */
export interface RunNote {
  message: string;
  times: number;
  first_at: string;
  last_at: string;
}

export interface Replay {
  id: number;
  source: string;
  entity: string;
  tenant: string | null;
  plugin: string | null;
  version: string | null;
  since: string | null;
  until: string | null;
  state: string;
  total: number;
  queued: number;
  /** Records that were mapped. */
  done: number;
  /** Rows that were written, and those that were already so. */
  loaded: number;
  unchanged: number;
  dead: number;
  created_at: string;
  finished_at: string | null;
  parts: ReplayPart[];
}

export interface ReplayPart {
  run: number;
  integration: string;
  tenant: string;
  state: string;
  total: number;
  queued: number;
  done: number;
}

export interface Quota {
  account: string;
  host: string;
  limit: number | null;
  remaining: number | null;
  reset_at: string | null;
  closed_until: string | null;
  reason: string | null;
}
