// @ts-check

/**
 * The smoke of the speech service: tries a version that has no traffic yet, and prints a fact as a JSON line for each thing that it tried. It runs by
 * Node alone, from the release.
 */
import { apiFacts } from './api.mjs';
import { doorOf } from './door.mjs';
import { factsTo } from './facts.mjs';
import { speechFacts } from './speech.mjs';

/** A new version's first credentials and connections, in ms. */
const readyWithinMs = 15_000;
/** A short text on a cold worker, in ms. */
const workerWithinMs = 30_000;
/** What is left to say how it went when the worker takes too long, in ms. */
const lastMs = 5_000;

const { env } = process;
const deadline = Number(env.SOUNDBITE_SMOKE_DEADLINE);
const facts = factsTo((line) => process.stdout.write(`${line}\n`));
const door = doorOf(env, () => Math.max(1, Math.min(workerWithinMs, deadline - Date.now() - lastMs)));
await apiFacts(facts, door, env.SOUNDBITE_SMOKE_RELEASE ?? '', readyWithinMs);
await speechFacts(facts, door);
process.exitCode = facts.allHold ? 0 : 1;
