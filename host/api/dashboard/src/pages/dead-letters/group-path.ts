import { queryText } from "../../api/client";

/** Letters are of one group where these are the same. */
interface Group {
  fingerprint: string;
  tenant: string;
  stream: string;
}

/** Where the letters of a group are, or those of one integration among them. */
export function groupPath({ fingerprint, tenant, stream }: Group, integration = ""): string {
  const query = queryText({ tenant, stream, integration });
  return `/dead-letters/groups/${encodeURIComponent(fingerprint)}${query}`;
}
