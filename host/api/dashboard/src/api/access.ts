/** The roles, each of which may do what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** A role at a tenant; without one at every tenant, also those to come. */
export interface Grant {
  tenant: string | null;
  role: Role;
}

export interface Me {
  name: string;
  grants: Grant[];
  /** Nothing can be changed through this host. */
  read_only: boolean;
}

export interface User {
  name: string;
  grants: Grant[];
  created_at: string;
  disabled: boolean;
}

export interface Token {
  id: number;
  name: string;
  grants: Grant[];
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
}

export interface NewToken extends Token {
  /** Shown once: an answer that is repeated has none. */
  secret: string | null;
}

export interface Tenant {
  id: number;
  name: string;
  created_at: string;
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  /** What the actor did it with; null: without one. */
  token: { id: number; name: string } | null;
  action: string;
  subject: string;
  tenant: string | null;
  detail: unknown;
}
