/** A mistake in one field of what was sent. */
export interface FieldError {
  field: string;
  message: string;
}

/** The body of an error, as RFC 9457 has it. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: FieldError[];
}

/** An answer that is an error, or no answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail || problem.title || `The host answered ${status}.`);
  }

  /** Whether the host goes on with it, and tells what became of it when asked again. */
  get isUnderWay(): boolean {
    return ["/problems/under-way", "/problems/too-slow"].includes(this.problem.type ?? "");
  }

  get fields(): FieldError[] {
    return this.problem.errors ?? [];
  }

  /** What is wrong with a field, which may be named with what it is in: `settings.email`. */
  field(name: string): string | undefined {
    const found = this.fields.find(({ field }) => field === name || field.endsWith(`.${name}`));
    return found?.message;
  }
}

/** The host did not answer. */
export function unreachable(): ApiError {
  return new ApiError(0, { detail: "The host does not answer. It may be restarting." });
}

export async function problemOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  return new ApiError(response.status, parse(text, response));
}

function parse(text: string, response: Response): Problem {
  try {
    const body: unknown = JSON.parse(text);
    if (body !== null && typeof body === "object") return body as Problem;
  } catch {
    // A proxy's page, or nothing.
  }
  return { title: response.statusText || `The host answered ${response.status}.` };
}
