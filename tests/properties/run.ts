import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

/** `npm run properties -- --seed N --runs 10000`: many random histories of promotions; what breaks one is printed with its seed and path. */
const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string', default: '10000' } } });
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
for (const [name, value] of Object.entries({ seed, runs: values.runs }))
  if (!/^\d+$/.test(value)) {
    console.error(`--${name} must be a number, not "${value}"`);
    process.exit(2);
  }
console.log(`${values.runs} histories of seed ${seed}`);
const env = { ...process.env, SOUNDBITE_SEED: seed, SOUNDBITE_PROPERTIES: values.runs };
const child = spawn('vitest', ['run', '--project', 'parts', 'tests/properties'], { stdio: 'inherit', env });
const [code] = (await once(child, 'close')) as [number | null];
process.exitCode = code ?? 1;
