import { type Directory, events, type Run } from "./bindings";
import { changed, client } from "./client";
import { keys } from "./keys";
import { putNews } from "./queries";

type Names = keyof typeof events;
type Payload<Name extends Names> = Parameters<Parameters<(typeof events)[Name]["listen"]>[0]>[0]["payload"];

/** Hears one kind of news; returns how to stop. Safe to stop before the listening has begun. */
export function onNews<Name extends Names>(name: Name, heard: (payload: Payload<Name>) => void): () => void {
  let stopped = false;
  let stop: (() => void) | null = null;
  const listen = events[name].listen as (
    listener: (event: { payload: Payload<Name> }) => void,
  ) => Promise<() => void>;
  void listen((event) => {
    if (!stopped) {
      heard(event.payload);
    }
  }).then((unlisten) => {
    if (stopped) {
      unlisten();
    } else {
      stop = unlisten;
    }
  });
  return () => {
    stopped = true;
    stop?.();
  };
}

const FINISHED: Run["status"][] = ["done", "cancelled"];

/** Keeps what is on screen true to what the host says. Called once. */
export function followNews(): () => void {
  let listed = 0;
  const stops = [
    onNews("directoryChanged", ({ connection }) => {
      void changed([
        keys.connections(),
        keys.directory(connection),
        keys.views(connection),
        keys.facets(connection),
        keys.people(connection),
        keys.protectedPeople(connection),
        keys.board(connection),
        keys.histories(connection),
      ]);
    }),
    onNews("draftChanged", ({ connection, draft }) => {
      client.setQueryData(keys.draft(connection), draft);
      // To count every saved view again would cost more than an edit; few ask for staged people.
      const directory = client.getQueryData<Directory>(keys.directory(connection));
      if (directory?.views.some((view) => view.followsDraft)) void changed([keys.directory(connection)]);
      void changed([
        keys.draftPages(connection),
        keys.people(connection),
        keys.views(connection),
        keys.facets(connection),
      ]);
    }),
    onNews("runChanged", (run) => {
      const before = client.getQueryData<Run>(keys.run(run.id));
      putNews(run);
      // Snapshots come ten a second; lists on screen follow twice a second, and at the end.
      const now = Date.now();
      if (now - listed >= 500 || FINISHED.includes(run.status)) {
        listed = now;
        void changed([keys.runPages(run.id)]);
      }
      if (before === undefined || FINISHED.includes(run.status)) {
        void changed([keys.runs(run.connection), keys.histories(run.connection)]);
      }
    }),
    onNews("syncEnded", ({ connection }) => {
      void changed([keys.connections(), keys.directory(connection), keys.histories(connection)]);
    }),
  ];
  return () => {
    for (const stop of stops) {
      stop();
    }
  };
}
