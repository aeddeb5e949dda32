import { makeHome } from './home.ts';
import { serve } from './serve.ts';

// The host itself, as `launch.ts` starts it: serve-main.ts <home>. Without a home it only gets compiled.
// Its events go to its log, <home>/logs/host.log.
const home = process.argv[2];
if (home !== undefined) {
  await serve(makeHome(home), (event) => {
    process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  });
}
