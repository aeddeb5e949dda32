import type { VersionAnswer } from './door.ts';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** A field of an answer in JSON. */
export const field = ({ json }: VersionAnswer, name: string): unknown => (isRecord(json) ? json[name] : undefined);

/** What an answer says went wrong: a problem's detail, a function's error, or its first bytes. */
export function refusalReason(answer: VersionAnswer): string {
  const said = ['reason', 'detail', 'errorMessage', 'message', 'title']
    .map((name) => field(answer, name))
    .find((text) => text);
  const code = field(answer, 'code') ?? field(answer, 'errorType');
  const text = said ?? Buffer.from(answer.body).toString('utf8').slice(0, 300);
  return `${answer.status}${code ? ` ${String(code)}` : ''}: ${String(text) || 'no body'}`;
}
