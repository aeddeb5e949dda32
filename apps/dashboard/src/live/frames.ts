/** One event of a stream of events (HTML's server-sent events), or that the stream lives. */
export type Frame = { readonly data: string } | 'alive';

/**
 * Takes a stream of events apart, however its text is cut into pieces. Source: the HTML standard, 9.2.6 (interpreting an event stream); names and numbers of
 * events are not read, because the documents have them.
 */
export function frames(): (text: string) => Frame[] {
  let rest = '';
  let data: string[] = [];
  return (text) => {
    const found: Frame[] = [];
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith(':')) found.push('alive');
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      if (line !== '' || data.length === 0) continue;
      found.push({ data: data.join('\n') });
      data = [];
    }
    return found;
  };
}
