// @ts-check

/** @typedef {import('./door.mjs').VersionAnswer} VersionAnswer */

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export const isRecord = (value) => typeof value === 'object' && value !== null;

/**
 * A field of an answer in JSON.
 * @param {VersionAnswer} answer
 * @param {string} name
 */
export const field = ({ json }, name) => (isRecord(json) ? json[name] : undefined);

/**
 * What an answer says went wrong: a problem's detail, a function's error, or its first bytes.
 * @param {VersionAnswer} answer
 */
export function refusalReason(answer) {
  const said = ['reason', 'detail', 'errorMessage', 'message', 'title']
    .map((name) => field(answer, name))
    .find((text) => text);
  const code = field(answer, 'code') ?? field(answer, 'errorType');
  const text = said ?? Buffer.from(answer.body).toString('utf8').slice(0, 300);
  return `${answer.status}${code ? ` ${String(code)}` : ''}: ${String(text) || 'no body'}`;
}
