/** So many rows are drawn, or left out, together: as many as a slow device draws in a frame. */
const rowsInBlock = 8;

/**
 * Where blocks of rows begin: at the first row, and where `known` ones began, so that a row stays in its block when others come before it. What came behind
 * the last of these is cut anew, and so is what has become long. Rows are named by their keys, each once.
 */
export function blockBegins(keys: readonly string[], known: ReadonlySet<string>): readonly number[] {
  const fixed = keys.flatMap((key, index) => (index === 0 || known.has(key) ? [index] : []));
  return fixed.flatMap((begin, index) => {
    const end = fixed[index + 1] ?? keys.length;
    const isLast = index === fixed.length - 1;
    if (end - begin <= (isLast ? rowsInBlock : 2 * rowsInBlock)) return [begin];
    return Array.from({ length: Math.ceil((end - begin) / rowsInBlock) }, (_, place) => begin + place * rowsInBlock);
  });
}
