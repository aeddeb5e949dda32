/** For a test that kills it: runs the program in the directory that it is given, and prints what the program says first. */
import { programEnvironment } from './environment.ts';
import { runProgram } from './run.ts';

const [, , directory = ''] = process.argv;
const door = { url: 'http://127.0.0.1:1', token: 't' };
await runProgram({
  kind: 'smoke',
  copy: { directory, command: ['node', 'main.mjs'], seconds: 60, remove: async () => {} },
  env: programEnvironment('smoke', { door, release: 'r', environment: 'staging', deadline: 1 }),
  signal: new AbortController().signal,
  heard: ({ detail }) => process.stdout.write(`${detail}\n`),
});
