import { readSettings, SettingsError } from '../settings.ts';

const USAGE = 'usage: node index.mjs api|worker';

/** Runs one part until it is told to end (SIGTERM, SIGINT). Exit code 2: told the wrong things; 1: could not start or end. */
export async function runProcess([part, ...rest]: readonly string[]): Promise<void> {
  if ((part !== 'api' && part !== 'worker') || rest.length > 0) return complain(2, USAGE);
  try {
    const settings = readSettings(process.env);
    const end = part === 'api' ? await startApi(settings) : await startWorker(settings);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void endProcess(end));
  } catch (error) {
    complain(error instanceof SettingsError ? 2 : 1, (error as Error).message);
  }
}

async function startApi(settings: Parameters<typeof import('./api.ts').runApi>[0]) {
  return (await import('./api.ts')).runApi(settings);
}

async function startWorker(settings: Parameters<typeof import('./worker.ts').runWorker>[0]) {
  return (await import('./worker.ts')).runWorker(settings);
}

async function endProcess(end: () => Promise<void>): Promise<void> {
  try {
    await end();
    process.exit(0);
  } catch (error) {
    complain(1, `could not end in order: ${(error as Error).message}`);
  }
}

function complain(code: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
