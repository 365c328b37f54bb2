import { computed, signal } from "@preact/signals";
import { type Grant, type Me, ROLES, type Role } from "./access";
import { get, send, whenSignedOut } from "./client";
import { ApiError } from "./problem";

export type Session =
  | { state: "loading" }
  | { state: "unreachable" }
  | { state: "setup" }
  | { state: "signed-out"; expired: boolean }
  | { state: "signed-in"; me: Me };

export const session = signal<Session>({ state: "loading" });

export const me = computed(() => (session.value.state === "signed-in" ? session.value.me : null));

whenSignedOut(() => {
  if (session.value.state === "signed-in") session.value = { state: "signed-out", expired: true };
});

/** Asks who is signed in. */
export async function loadSession(): Promise<void> {
  try {
    session.value = { state: "signed-in", me: await get<Me>("/session") };
  } catch (error) {
    if (isEnded(error)) await findSetup();
    else if (session.value.state !== "signed-in") session.value = { state: "unreachable" };
  }
}

async function findSetup(): Promise<void> {
  const expired = session.value.state === "signed-in";
  const answer = await get<{ needed: boolean }>("/setup").catch(() => ({ needed: false }));
  session.value = answer.needed ? { state: "setup" } : { state: "signed-out", expired };
}

export function signedIn(me: Me): void {
  session.value = { state: "signed-in", me };
}

export async function signOut(): Promise<void> {
  await send("DELETE", "/session").catch((error) => {
    if (!isEnded(error)) throw error;
  });
  session.value = { state: "signed-out", expired: false };
}

/** Whether an error says that there is no session, or none any more. */
function isEnded(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** Whether grants give a role at a tenant; without one: at every tenant. */
export function give(grants: Grant[], role: Role, tenant: string | null): boolean {
  const needed = ROLES.indexOf(role);
  return grants.some((grant) => {
    const reaches = grant.tenant === null || grant.tenant === tenant;
    return reaches && ROLES.indexOf(grant.role) >= needed;
  });
}

/** Whether the one who is signed in has a role at a tenant, or at every tenant. */
export function has(role: Role, tenant: string | null): boolean {
  return give(me.value?.grants ?? [], role, tenant);
}

/** Whether the one who is signed in has a role anywhere. */
export function hasAnywhere(role: Role): boolean {
  return me.value?.grants.some(({ tenant }) => has(role, tenant)) ?? false;
}

/** Whether the one who is signed in can do what takes a role, on this host. */
export function may(role: Role, tenant: string | null): boolean {
  return !isReadOnly() && has(role, tenant);
}

export function mayAnywhere(role: Role): boolean {
  return !isReadOnly() && hasAnywhere(role);
}

export function isReadOnly(): boolean {
  return me.value?.read_only ?? false;
}
