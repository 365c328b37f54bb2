/** As much of JSON Schema as the settings of sources use. */
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  pattern?: string;
  maxLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

export interface Source {
  name: string;
  version: string;
  doc: string;
  base_url: string;
  /** The setting that names the user of HTTP's basic authentication. */
  basic_user: string | null;
  settings: Schema | null;
  streams: { name: string; doc: string; every_minutes: number; depends_on: string[] }[];
}

export interface Integration {
  id: number;
  tenant: string;
  name: string;
  source: string;
  base_url: string;
  scope: string[];
  settings: Record<string, unknown>;
  paused: boolean;
  has_credential: boolean;
  /** Whose budget its requests are counted against, once it has sent one. */
  account: string | null;
  created_at: string;
}

export interface NewIntegration {
  tenant: string;
  name?: string;
  source: string;
  base_url?: string;
  scope: string[];
  settings: Record<string, unknown>;
  token?: string;
}

export interface ChangeIntegration {
  paused?: boolean;
  base_url?: string;
  scope?: string[];
  settings?: Record<string, unknown>;
  token?: string;
}

export interface TestResult {
  ok: boolean;
  status?: number | null;
  message: string;
  budget?: { limit: number | null; remaining: number | null; reset_at: string | null } | null;
}
