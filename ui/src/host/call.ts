import { commands, type Error as Failure } from "./bindings";
import { asHostError, HostError } from "./errors";

type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: Failure };

/** The value a command ends with when it goes well. */
type Value<R> = R extends { status: "ok"; data: infer T } ? T : R extends { status: "error" } ? never : R;

type Unwrapped<C> = {
  [Name in keyof C]: C[Name] extends (...args: infer Args) => Promise<infer R>
    ? (...args: Args) => Promise<Value<R>>
    : never;
};

function isOutcome(value: unknown): value is Outcome<unknown> {
  return (
    typeof value === "object" && value !== null && "status" in value && ("data" in value || "error" in value)
  );
}

function unwrap<C extends Record<string, unknown>>(generated: C): Unwrapped<C> {
  const calls: Record<string, unknown> = {};
  for (const [name, command] of Object.entries(generated)) {
    if (typeof command !== "function") {
      continue;
    }
    calls[name] = async (...args: unknown[]) => {
      let outcome: unknown;
      try {
        outcome = await command(...args);
      } catch (thrown) {
        throw asHostError(thrown);
      }
      if (!isOutcome(outcome)) {
        return outcome;
      }
      if (outcome.status === "error") {
        throw new HostError(outcome.error);
      }
      return outcome.data;
    };
  }
  return calls as Unwrapped<C>;
}

/** Every command of the host, typed, throwing a `HostError` where it fails. */
export const host = unwrap(commands);
