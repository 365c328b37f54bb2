export interface LetterGroup {
  tenant: string;
  fingerprint: string;
  count: number;
  stream: string;
  plugin: string;
  error: string;
  newest: string;
}

/** A record that could not be mapped or loaded. */
export interface DeadLetter {
  id: number;
  tenant: string;
  integration: string;
  integration_id: number;
  run: number | null;
  stream: string;
  raw: number | null;
  external_id: string | null;
  plugin: string | null;
  version: string | null;
  digest: string | null;
  error: string;
  path: string | null;
  fingerprint: string;
  created_at: string;
}

export interface DeadLetterDetail extends DeadLetter {
  /** As the service sent it; none: the raw record is gone. */
  payload_text: string | null;
}

export interface DryRun {
  items: { id: number; ok: boolean; error: string | null; changes: unknown }[];
}
