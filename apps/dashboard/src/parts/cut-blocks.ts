/** So much is drawn, or left out, together: as many cells as a slow device draws in a frame, and never more rows than that. */
const most = { cells: 20, rows: 8 } as const;

/** How many rows of so many columns make a block. */
export const rowsOf = (columns: number): number => Math.min(most.rows, Math.max(1, Math.floor(most.cells / columns)));

/**
 * Where blocks of so many rows begin: at the first row, and where `known` ones began, so that a row stays in its block when others come before it. What came behind
 * the last of these is cut anew, and so is what has become long. Rows are named by their keys, each once.
 */
export function blockBegins(
  keys: readonly string[],
  known: ReadonlySet<string>,
  rowsInBlock: number,
): readonly number[] {
  const fixed = keys.flatMap((key, index) => (index === 0 || known.has(key) ? [index] : []));
  return fixed.flatMap((begin, index) => {
    const end = fixed[index + 1] ?? keys.length;
    const isLast = index === fixed.length - 1;
    if (end - begin <= (isLast ? rowsInBlock : 2 * rowsInBlock)) return [begin];
    return Array.from({ length: Math.ceil((end - begin) / rowsInBlock) }, (_, place) => begin + place * rowsInBlock);
  });
}
