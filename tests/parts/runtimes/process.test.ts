import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { conformanceOwner, runtimeConformance } from '../../../packages/runtimes/src/conformance.ts';
import { processRuntime } from '../../../packages/runtimes/src/index.ts';
import { declared } from './environment.ts';
import { fixtureRelease, fixtureUse, forgedService } from './fixture-release.ts';
import { realParts } from './real-parts.ts';
import { type WatchedEnvironment, watchSaysNo } from './watched.ts';

let opened: WatchedEnvironment | undefined;
afterAll(() => opened?.parts.dispose());

runtimeConformance('the process runtime', async () => {
  const environment = declared('dev-localstack');
  const parts = await realParts(environment);
  const runtime = processRuntime({
    ...parts.onMachine,
    credentialsEnv: async (_, role) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:9/${role}` }),
  });
  opened = { environment, parts, runtime, owner: conformanceOwner };
  return {
    runtime,
    cut: (behaviour) => fixtureRelease(join(parts.root, 'releases'), [environment], behaviour),
    deploy: parts.deploy,
    ...fixtureUse(parts.url),
    /** Somebody stops the processes of all versions by hand. */
    async disturb() {
      const own = (await parts.host.list()).filter(({ name }) => name.startsWith(`service-${environment.name}-`));
      for (const { name } of own) await parts.host.stop(name);
    },
    /** Somebody edits the unpacked code on the disk. */
    async forge(_target, release) {
      const code = join(parts.home, 'versions', release.digest.slice(7), 'code');
      await writeFile(join(code, 'index.mjs'), await forgedService());
      await writeFile(join(code, 'added.mjs'), '');
    },
    // Once what follows is over, too.
    dispose: async () => {},
  };
});

watchSaysNo(() => opened as WatchedEnvironment);
