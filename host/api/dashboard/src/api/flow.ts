export interface Queue {
  queue: string;
  stage: string;
  /** None where all sources share it. */
  source: string | null;
  waiting: number;
  running: number;
  later: number;
  dead: number;
  oldest_seconds: number | null;
  per_minute: number;
  stuck_since?: string | null;
}

export interface FlowSource {
  name: string;
  integrations: number;
  jobs: number;
  running_runs: number;
  failing_jobs: number;
  /** None where nobody has looked for long enough. */
  requests_per_minute: number | null;
}

export interface FlowTransform {
  entity: string;
  source: string;
  plugin: string;
  version: string;
  trial: { kind: string; version: string; percent: number | null } | null;
  /** None where nobody has looked for long enough. */
  records_per_minute: number | null;
  dead_letters: number;
}

export interface FlowTable {
  name: string;
  source: string;
  /** None where nobody knows: of the tables of one transform the first has the rows of all, and
   * that only once somebody has looked for long enough. */
  rows_per_minute: number | null;
}

/** How everything stands at one moment. */
export interface Flow {
  at: string;
  sources: FlowSource[];
  queues: Queue[];
  transforms: FlowTransform[];
  tables: FlowTable[];
  dead_letters: number;
  failing_jobs: number;
  /** Processes; no relays where there is no broker to be told. */
  alive: { schedulers: number; relays: number | null; workers: number };
}
