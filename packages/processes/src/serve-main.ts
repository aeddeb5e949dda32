import { existsSync } from 'node:fs';
import { homeHere, makeDirectories } from './home.ts';
import { serve } from './serve.ts';

// The host itself, as `launch.ts` starts it: serve-main.ts <home>. Without a home it only gets compiled.
// SOUNDBITE_HOST_PORT: where it answers, if others find it by that.
// Its events go to its log, <home>/logs/host.log. A home that was purged meanwhile gets no host.
const home = process.argv[2];
if (home !== undefined && existsSync(home)) {
  // It works in its home, and so finds it wherever it is moved.
  process.chdir(home);
  const emit = (event: object) =>
    void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  // A full disk takes no log lines; the host goes on without them.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  // Whatever was not foreseen ends neither the host nor what it watches.
  process.on('unhandledRejection', (error) => emit({ code: 'unexpected', name: 'host', text: String(error) }));
  const here = homeHere();
  makeDirectories(here);
  await serve(here, emit, Number(process.env.SOUNDBITE_HOST_PORT ?? 0));
  process.exit(0);
}
