/** What stands in one cell; lists are joined. */
export type Cell = string | number | boolean | Date | readonly string[] | null

/** A line of a table, RFC 4180. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`

/** A JSON object on a line of its own. */
export const jsonLine = (columns: readonly string[], cells: readonly Cell[]): string =>
  `${JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null])))}\n`

/** What a spreadsheet would compute, or hand to another program, is made plain text by an apostrophe. */
function csvCell(cell: Cell): string {
  const text = textOf(cell)
  const harmless = typeof cell !== 'number' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function textOf(cell: Cell): string {
  if (cell === null) return ''
  if (cell instanceof Date) return cell.toISOString()
  return typeof cell === 'object' ? cell.join('; ') : String(cell)
}
