import type { ComponentChildren } from "preact";
import type { Resource } from "../api/resource";
import { Problem } from "./problem";

/** What a page shows of something that is read: that it is awaited, that it failed, or it. */
export function Loaded<T>({ of, children }: { of: Resource<T>; children: (data: T) => ComponentChildren }) {
  if (of.data === null && of.error?.status === 404) return <Missing />;
  return (
    <>
      <Problem error={of.error} retry={of.reload} />
      {of.data === null ? !of.error && <Skeleton /> : children(of.data)}
    </>
  );
}

export function Missing() {
  return (
    <div class="empty">
      <h2>There is nothing here</h2>
      <p>It was removed, or it belongs to a tenant that you do not see.</p>
    </div>
  );
}

export function Skeleton() {
  return (
    <div class="skeleton" aria-busy="true">
      <span class="hidden">Loading</span>
      <i />
      <i />
      <i />
    </div>
  );
}
