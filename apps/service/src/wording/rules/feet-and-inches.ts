/** An apostrophe after a digit means feet, unless a quotation was opened before: then it may close that. */
export function withFeet(text: string): string {
  let quoted = false;
  return text.replace(/(?<![\p{L}\d])'|(?<=[\d¼-¾⅐-⅞↉])'(?!\p{L})/gu, (quote, at: number) => {
    const behind = /[\d¼-¾⅐-⅞↉]/u.test(text[at - 1] ?? '');
    if (behind && !quoted) return ' feet ';
    quoted ||= !/\d/u.test(text[at - 1] ?? '');
    return quote;
  });
}

/** Takes out quotes in pairs; one after a digit that closes none means inches. */
export function withoutQuotes(text: string): string {
  let open = false;
  return text.replace(/"/gu, (_, at: number) => {
    const inches = !open && /[\d¼-¾⅐-⅞↉]/.test(text[at - 1] ?? '');
    if (!inches) open = !open;
    return inches ? ' inches ' : ' ';
  });
}
