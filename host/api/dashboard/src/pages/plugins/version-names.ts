import type { Plugin } from "../../api/plugins";

const byNumber = new Intl.Collator("en", { numeric: true });

/** The versions of a plugin that can be chosen, newest first: a version may be installed and in the folder too. */
export function versionNames(plugin: Plugin | undefined): string[] {
  const names =
    plugin?.versions.filter((version) => !version.retired).map((version) => version.version) ?? [];
  return [...new Set(names)].sort((one, other) => byNumber.compare(other, one));
}
