import type { Role } from "../api/access";
import { isReadOnly } from "../api/session";

/** Stands where something could be done, and says why it cannot. */
export function Withheld({ needs }: { needs: Role }) {
  return (
    <div class="empty">
      <h2>You cannot do this here</h2>
      <p>{isReadOnly() ? "This host is read-only." : `It takes the role ${needs} of a tenant.`}</p>
    </div>
  );
}
