/** Those fields of what is wanted that what is there has otherwise. */
export function changedFields<T extends object>(is: T, wanted: Partial<T>): Partial<T> {
  const differs = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(is[name as keyof T]);
  return Object.fromEntries(Object.entries(wanted).filter(differs)) as Partial<T>;
}

/** The words of a text that stand between commas, blanks or line ends. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}
