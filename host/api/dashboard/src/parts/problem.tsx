import { CircleAlert } from "lucide";
import type { ApiError } from "../api/problem";
import { Icon } from "./icon";

/** What went wrong, where it went wrong. `known` fields say their own mistakes beside them. */
export function Problem({
  error,
  known = [],
  retry,
}: {
  error: ApiError | null;
  known?: string[];
  retry?: () => void;
}) {
  if (error === null) return null;
  const others = error.fields.filter(
    ({ field }) => !known.some((name) => field === name || field.endsWith(`.${name}`)),
  );
  return (
    <div class="problem" role="alert">
      <Icon of={CircleAlert} />
      <div>
        <bdi>{error.message}</bdi>
        {others.length > 0 && (
          <ul>
            {others.map(({ field, message }) => (
              <li key={field}>
                {field && <code>{field}</code>} <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
        )}
      </div>
      {retry && (
        <button type="button" class="quiet" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
