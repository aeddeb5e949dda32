// @ts-check

import { setTimeout as sleep } from 'node:timers/promises';
import { fails, holds } from './facts.mjs';
import { field, isRecord, refusalReason } from './said.mjs';

/**
 * @typedef {import('./door.mjs').Door} Door
 * @typedef {import('./door.mjs').VersionAnswer} VersionAnswer
 * @typedef {import('./facts.mjs').Facts} Facts
 */
/** @typedef {import('./facts.mjs').Found<undefined>} Found */

const readyEveryMs = 250;

/**
 * What the API says of itself, and that it refuses what is wrong. It may take `readyWithinMs` to reach its dependencies for the first time.
 * @param {Facts} facts
 * @param {Door} door
 * @param {string} release
 * @param {number} readyWithinMs
 */
export async function apiFacts(facts, door, release, readyWithinMs) {
  await facts.check('version', async () => versionIs(await door.ask('/version'), release));
  await facts.check('health', async () => answers200('/health', await door.ask('/health')));
  await facts.check('ready', () => untilHolds(readyWithinMs, async () => isReady(await door.ask('/ready'))));
  await facts.check('voices', async () => hasVoices(await door.ask('/voices')));
  await facts.check('refuses-bad-input', async () =>
    refuses(await door.ask('/soundbites', { method: 'POST', json: { text: '   ' } })),
  );
}

/**
 * Tries again until it holds or the time is over; the last finding counts.
 * @param {number} withinMs
 * @param {() => Promise<Found>} look
 * @returns {Promise<Found>}
 */
async function untilHolds(withinMs, look) {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found.ok || performance.now() + readyEveryMs > end) return found;
    await sleep(readyEveryMs);
  }
}

/**
 * @param {VersionAnswer} answer
 * @param {string} release
 * @returns {Found}
 */
function versionIs(answer, release) {
  if (answer.status !== 200) return fails(`GET /version answered ${refusalReason(answer)}`);
  const said = field(answer, 'release');
  return said === release ? holds(`it is ${release}`) : fails(`it says that it is ${String(said)}, not ${release}`);
}

/**
 * @param {string} path
 * @param {VersionAnswer} answer
 * @returns {Found}
 */
function answers200(path, answer) {
  return answer.status === 200
    ? holds(`GET ${path} answered 200`)
    : fails(`GET ${path} answered ${refusalReason(answer)}`);
}

/**
 * @param {VersionAnswer} answer
 * @returns {Found}
 */
function isReady(answer) {
  const dependencies = field(answer, 'dependencies');
  const list = Array.isArray(dependencies) ? dependencies.filter(isRecord) : [];
  const bad = list.filter(({ ok }) => ok === false).map(({ name, error }) => `${String(name)}: ${String(error)}`);
  if (bad.length > 0) return fails(`it is not ready: ${bad.join('; ')}`);
  if (answer.status !== 200) return fails(`GET /ready answered ${refusalReason(answer)}`);
  return holds(list.length === 0 ? 'it is ready' : `ready: ${list.map(({ name }) => String(name)).join(', ')}`);
}

/**
 * @param {VersionAnswer} answer
 * @returns {Found}
 */
function hasVoices(answer) {
  const voices = field(answer, 'voices');
  if (answer.status !== 200) return fails(`GET /voices answered ${refusalReason(answer)}`);
  return Array.isArray(voices) && voices.length > 0 ? holds(`${voices.length} voices`) : fails('it has no voices');
}

/**
 * @param {VersionAnswer} answer
 * @returns {Found}
 */
function refuses(answer) {
  const isProblem = (answer.headers['content-type'] ?? '').startsWith('application/problem+json');
  if (answer.status < 400 || answer.status >= 500) return fails(`a blank text was answered ${refusalReason(answer)}`);
  return isProblem
    ? holds(`a blank text is refused: ${refusalReason(answer)}`)
    : fails(`a blank text was refused with ${answer.status}, but not by a problem+json`);
}
