import { commands } from "./bindings";
import { asHostError } from "./errors";

function throwing<C extends Record<string, (...args: never[]) => Promise<unknown>>>(generated: C): C {
  const calls: Record<string, unknown> = {};
  for (const [name, command] of Object.entries(generated)) {
    calls[name] = (...args: never[]) =>
      command(...args).catch((thrown: unknown) => {
        throw asHostError(thrown);
      });
  }
  return calls as C;
}

/** Every command of the host, typed; where one fails it throws a `HostError`. */
export const host = throwing(commands);
