import { keepPreviousData, useQuery } from "@tanstack/react-query";
import {
  type Attribute,
  type ConnectionId,
  type Filter,
  host,
  keys,
  type Test,
  type ViewQuery,
} from "../../host";

/** What each part of a filter's panel is given. */
export interface FilterPart {
  connection: ConnectionId;
  attribute: Attribute;
  /** The query without this filter: what the counts are of. */
  rest: ViewQuery;
  filter: Filter | null;
  /** null takes it away. */
  onChange: (filter: Filter | null) => void;
  set: (test: Test) => void;
}

/** How many people there would be with this test; undefined until that is known. Without counts a filter still works. */
export function useCountWith(
  { connection, attribute, rest }: FilterPart,
  test: Test | null,
): number | undefined {
  const { search, filters } = rest;
  const asked = test === null ? filters : [...filters, { attribute: attribute.id, test }];
  return useQuery({
    queryKey: [...keys.facets(connection), "count", search, asked],
    queryFn: async () => {
      const view = await host.openView(connection, { search, filters: asked, sort: [], pile: null });
      void host.closeView(view.id).catch(() => undefined);
      return view.total;
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  }).data;
}
