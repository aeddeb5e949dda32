import type { Run } from '../catalogue.ts';
import { stopHost } from '../host.ts';

export const run: Run = async (shell, _args, options) => {
  const purge = options.purge === true;
  await stopHost(shell, purge);
  return {
    document: { stopped: true, purged: purge },
    text: purge
      ? 'all is stopped, and its state removed'
      : 'all is stopped; its state is kept: soundbite up brings it back',
  };
};
