/**
 * Why something failed, for strangers: errors of ours by their message, others by their name or code, for an AWS error's message names
 * accounts, roles and buckets. What has neither is an error of the service itself, which its log tells.
 */
export function publicReason(error: unknown): string {
  for (const one of causes(error)) {
    if (one instanceof TellableError) return one.message;
    const code = 'code' in one && typeof one.code === 'string' ? one.code : undefined;
    const name = ['Error', 'AggregateError', 'TypeError'].includes(one.name) ? code : one.name;
    if (name !== undefined) return isOfAws(one) ? `AWS answered ${name}` : name;
  }
  return 'an error of the service itself, which its log tells';
}

/** An error whose message names nothing that strangers may not know. */
export class TellableError extends Error {
  override readonly name: string = 'TellableError';
}

function isOfAws(error: Error): boolean {
  return '$fault' in error || '$metadata' in error;
}

/** The error, what caused it, and so on: the first that says something counts. */
function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let one = error; one instanceof Error && chain.length < 8; one = one.cause) {
    chain.push(one, ...(one instanceof AggregateError ? (one.errors as Error[]).slice(0, 1) : []));
  }
  return chain;
}
