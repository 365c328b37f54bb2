import { CircleAlert, CircleCheck } from "lucide";
import type { TestResult } from "../../api/sources";
import { Icon } from "../../parts/icon";
import { When } from "../../parts/time";
import { count } from "../../text/numbers";

/** What came of a test of a connection. */
export function Tested({ result, busy }: { result: TestResult | null; busy: boolean }) {
  return (
    <div role="status">
      {busy && <progress aria-label="Asking the service" />}
      {result && (
        <div class={`tested ${result.ok ? "good" : "bad"}`}>
          <Icon of={result.ok ? CircleCheck : CircleAlert} />
          <div>
            <strong>{result.ok ? "The service answers" : "The service does not let us in"}</strong>{" "}
            {result.status != null && <code>{result.status}</code>} <bdi>{result.message}</bdi>
            <Budget of={result.budget} />
          </div>
        </div>
      )}
    </div>
  );
}

function Budget({ of }: { of: TestResult["budget"] }) {
  if (!of || of.remaining === null) return null;
  return (
    <p>
      {count(of.remaining)} {of.limit !== null && `of ${count(of.limit)}`} requests are left
      {of.reset_at && (
        <>
          , anew <When at={of.reset_at} />
        </>
      )}
      .
    </p>
  );
}
