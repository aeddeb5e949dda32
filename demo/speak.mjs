// @ts-check

/** What a user of the speech service does first: has a text spoken, and listens. `soundbite demo` runs it; docs/guides/the-demo.md says by which contract. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { measureWav } from '../apps/service/smoke/sound.mjs';

const text = 'Good morning. This is SoundBite, live in production.';
const { SOUNDBITE_DEMO_URL: url = '', SOUNDBITE_DEMO_DIRECTORY: directory = '.' } = process.env;

/** @param {Record<string, unknown>} line */
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/**
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function ask(path, init) {
  const answer = await fetch(`${url}${path}`, init);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  return answer;
}

/**
 * @param {Response} answer
 * @returns {Promise<any>}
 */
const json = (answer) => answer.json();

const begun = performance.now();
const body = JSON.stringify({ text, format: 'wav' });
const accepted = await ask('/soundbites', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const { id } = await json(accepted);
print({ say: `“${text}” is asked for: POST ${url}/soundbites`, text, id });
for (;;) {
  const { status, reason } = await json(await ask(`/soundbites/${id}`));
  if (status === 'ready') break;
  if (status === 'failed') throw new Error(`the text could not be spoken: ${reason}`);
  await pause(50);
}
const made = (performance.now() - begun) / 1000;
const bytes = new Uint8Array(await (await ask(`/soundbites/${id}/audio`)).arrayBuffer());
const { seconds } = measureWav(bytes);
const file = join(directory, 'good-morning.wav');
await writeFile(file, bytes);
print({ say: `It is ${seconds.toFixed(1)} s of speech, made in ${made.toFixed(1)} s.`, seconds, made });
print({ say: `Hear it: ${file}`, file });
print({ say: `or:      ${url}/soundbites/${id}/audio`, url: `${url}/soundbites/${id}/audio` });
