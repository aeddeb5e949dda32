import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DemoJournal } from '@soundbite/model/demo/journal.ts';
import { expect, it } from 'vitest';
import { refuseRunning } from './journal-file.ts';

it.each(['/proc', '/nosuch'])('a demo that runs is found, also where there is no /proc (%s)', async (processes) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'demo']);
  await once(child, 'spawn');
  const journal = DemoJournal.parse({
    ...{ version: 1, pid: child.pid, began: 'now', environment: 'staging' },
    ...{ before: `sha256:${'a'.repeat(64)}`, commits: [] },
  });
  await expect(refuseRunning('/home', journal, processes)).rejects.toMatchObject({ code: 'demo-not-now' });
  child.kill();
  await once(child, 'exit');
  await refuseRunning('/home', journal, processes);
});
