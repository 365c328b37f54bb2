export interface TrialOfVersion {
  id: number;
  kind: TrialKind;
  percent: number | null;
  tenant: string | null;
}

export type TrialKind = "shadow" | "canary";

export interface Version {
  version: string;
  digest: string;
  size: number;
  signed: boolean;
  dev: boolean;
  retired: boolean;
  installed_at: string | null;
  from: "database" | "folder";
  active: boolean;
  /** The tenants that it is active for on their own. */
  tenants: string[];
  trials: TrialOfVersion[];
}

export interface Plugin {
  name: string;
  kind: "source" | "transform";
  source: string;
  entity: string | null;
  versions: Version[];
}

export interface InstalledVersion extends Version {
  plugin: string;
}

/** What one of two versions did. */
export interface Work {
  skipped: number;
  rejected: number;
  failed: number;
  micros: number;
  memory: number;
}

export interface Sample {
  raw_data_id: number;
  old: unknown;
  new: unknown;
}

/** What two versions made of the same records. A place is `table.column`, `table`, or `outcome`. */
export interface Report {
  records: number;
  different: number;
  broken: number;
  old: Work;
  new: Work;
  places: Record<string, { count: number; samples: Sample[] }>;
}

export interface Trial {
  id: number;
  plugin: string;
  version: string;
  digest: string;
  tenant: string | null;
  kind: TrialKind;
  percent: number | null;
  limits: { errors: number | null; differences: number | null };
  state: "running" | "promoted" | "replaced" | "rolled_back";
  reason: string | null;
  started_at: string;
  ended_at: string | null;
  report: Report;
}

/** What a version did within a minute, for all tenants. */
export interface Figure {
  minute: string;
  version: string;
  digest: string;
  records: number;
  rejected: number;
  /** Records on which it trapped or passed a limit. */
  trapped: number;
  /** The time that its calls took. */
  seconds: number;
  /** The most memory that an instance had, in bytes. */
  memory: number;
}
