/** What changed a world, one line for each call: `<what> <environment> <release>`. */
const acting = /^(?:deploy|install|weights) (\S+) (\S+)$/;

/** Releases that act on an environment again after another one has: two promotions had it at the same time. Each promotion brings another release. */
export function interleaved(calls: readonly string[]): string[] {
  const last = new Map<string, string>();
  const over = new Map<string, Set<string>>();
  return calls.flatMap((call) => {
    const [, environment = '', release = ''] = acting.exec(call) ?? [];
    if (!release) return [];
    const before = last.get(environment);
    const gone = over.get(environment) ?? new Set<string>();
    over.set(environment, gone);
    if (before !== undefined && before !== release) gone.add(before);
    last.set(environment, release);
    return gone.has(release) ? [`"${call}" after ${before} had ${environment}`] : [];
  });
}
