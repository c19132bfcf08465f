import { create } from "zustand";
import type { RowId } from "../../host";

/** Whose protection is being asked about, from the panel or from the palette. */
export const useProtecting = create<{ row: RowId | null }>()(() => ({ row: null }));
