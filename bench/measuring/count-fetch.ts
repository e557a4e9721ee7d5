const spent = globalThis as { benchFetches?: number }

/** Counts one operation that reached a subgraph of this process; `report-usage.ts` tells how many there were. */
export function countFetch(): void {
  spent.benchFetches = (spent.benchFetches ?? 0) + 1
}
