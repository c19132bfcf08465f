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

/** How many people there would be with this test. */
export function useCountWith(
  { connection, attribute, rest }: FilterPart,
  test: Test | null,
): number | undefined {
  const filters = test === null ? rest.filters : [...rest.filters, { attribute: attribute.id, test }];
  return useCountOf(connection, rest.search, filters);
}

/** How many people a search and filters find; undefined until that is known. Without counts a filter still works. */
export function useCountOf(connection: ConnectionId, search: string, filters: Filter[]): number | undefined {
  return useQuery({
    queryKey: [...keys.facets(connection), "count", search, filters],
    queryFn: async () => {
      const view = await host.openView(connection, { search, filters, sort: [], pile: null });
      void host.closeView(view.id).catch(() => undefined);
      return view.total;
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  }).data;
}
