import { existsSync } from 'node:fs';
import { makeHome } from './home.ts';
import { serve } from './serve.ts';

// The host itself, as `launch.ts` starts it: serve-main.ts <home>. Without a home it only gets compiled.
// Its events go to its log, <home>/logs/host.log. A home that was purged meanwhile gets no host.
const home = process.argv[2];
if (home !== undefined && existsSync(home)) {
  const emit = (event: object) =>
    void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  // A full disk takes no log lines; the host goes on without them.
  process.stdout.on('error', () => undefined);
  // Whatever was not foreseen ends neither the host nor what it watches.
  process.on('unhandledRejection', (error) => emit({ code: 'unexpected', name: 'host', text: String(error) }));
  await serve(makeHome(home), emit);
  process.exit(0);
}
