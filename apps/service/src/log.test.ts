import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = `
import { openLog } from ${JSON.stringify(fileURLToPath(new URL('log.ts', import.meta.url)))};
const log = openLog({ environment: 'staging', release: 'r', service: { logLevel: 'info' } }, 'api');
for (let n = 0; n < 500; n++) log.info({ n }, 'x'.repeat(500));
setTimeout(() => { log.fatal('the end'); process.exit(7); }, 50);
`;

it.each(['>/dev/full', '| true'])(
  'a log that cannot be written ends no part of the service (%s)',
  async (redirection) => {
    const line = `"$0" --input-type=module-typescript -e "$1" ${redirection}; exit \${PIPESTATUS[0]}`;
    const child = spawn('bash', ['-c', line, process.execPath, program], { stdio: 'ignore' });
    expect((await once(child, 'exit'))[0]).toBe(7);
  },
);
