import type { RunningProcess, Supervisor } from '@soundbite/model';
import { expect, it } from 'vitest';
import { amongHosts } from './among-hosts.ts';

function recording(as: string, heard: string[]): Supervisor {
  const process = { name: as } as RunningProcess;
  return {
    ensure: async ({ name }) => {
      heard.push(`${as} ensures ${name}`);
      return process;
    },
    amend: async (name) => void heard.push(`${as} amends ${name}`),
    stop: async (name) => void heard.push(`${as} stops ${name}`),
    list: async () => [process],
  };
}

it('asks of each process the host that runs it, and of all what they run', async () => {
  const heard: string[] = [];
  const beside = { runs: (name: string) => name.startsWith('account-'), host: recording('accounts', heard) };
  const hosts = amongHosts(recording('own', heard), [beside]);
  await hosts.ensure({ name: 'account-1', command: 'x', args: [], env: {}, restart: 'always' });
  await hosts.stop('edge');
  await hosts.amend('account-1', {});
  expect(heard).toEqual(['accounts ensures account-1', 'own stops edge', 'accounts amends account-1']);
  expect((await hosts.list()).map(({ name }) => name)).toEqual(['own', 'accounts']);
});
