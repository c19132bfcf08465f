import type { Code, Error as Failure } from "./bindings";

/** What a call to Rust ends with when it does not end well: a code to branch on and a sentence to show. */
export class HostError extends Error {
  readonly code: Code;
  readonly detail: string | null;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "HostError";
    this.code = failure.code;
    this.detail = failure.detail;
  }
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/** Whatever was thrown, as something that can be shown. */
export function asHostError(thrown: unknown): HostError {
  if (thrown instanceof HostError) {
    return thrown;
  }
  if (isFailure(thrown)) {
    return new HostError(thrown);
  }
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new HostError({
    code: "failed",
    message: "Muster could not do this. Try again; if it happens again, the details say what to report.",
    detail: words,
  });
}
