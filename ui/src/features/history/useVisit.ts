import { useEffect, useState } from "react";
import { type ConnectionId, changed, host, keys, type Visit } from "../../host";

/** Marks that the history is looked at, once, and says what came since the time before. */
export function useVisit(connection: ConnectionId): Visit | null {
  const [visit, setVisit] = useState<Visit | null>(null);
  useEffect(() => {
    let gone = false;
    host.visitHistory(connection).then(
      (found) => {
        if (!gone) {
          setVisit(found);
        }
        void changed([keys.unseen(connection)]);
      },
      // What is new is a courtesy; the list itself says what is wrong with the history.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [connection]);
  return visit;
}
