export const OPERATORS = {
  eq: "is",
  ne: "is not",
  contains: "contains",
  lt: "is less than",
  le: "is at most",
  gt: "is more than",
  ge: "is at least",
  null: "is empty",
} as const;
export type Operator = keyof typeof OPERATORS;

/** A condition on a column. */
export interface Condition {
  column: string;
  operator: Operator;
  value: string;
}

/** The condition as the API has it. */
export function conditionText({ column, operator, value }: Condition): string {
  return operator === "null" ? `${column}:null` : `${column}:${operator}:${value}`;
}

/** What a text says of a column. A value may have colons of its own. */
export function parseCondition(text: string): Condition | null {
  const match = /^([^:]+):([a-z]+)(?::(.*))?$/s.exec(text);
  const [, column, operator, value = ""] = match ?? [];
  if (column === undefined || operator === undefined) return null;
  return operator in OPERATORS ? { column, operator: operator as Operator, value } : null;
}

/** The same for people. */
export function conditionWords({ column, operator, value }: Condition): string {
  return `${column} ${OPERATORS[operator]} ${value}`.trim();
}
