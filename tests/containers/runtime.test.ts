import { join } from 'node:path';
import { afterAll } from 'vitest';
import { conformanceOwner, runtimeConformance } from '../../packages/runtimes/src/conformance.ts';
import { composeRuntime } from '../../packages/runtimes/src/index.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { fixtureRelease, fixtureUse } from '../parts/runtimes/fixture-release.ts';
import { realParts } from '../parts/runtimes/real-parts.ts';
import { type WatchedEnvironment, watchSaysNo } from '../parts/runtimes/watched.ts';
import { testEngine } from './test-engine.ts';

let opened: WatchedEnvironment | undefined;
const engine = testEngine();
afterAll(async () => {
  await engine.dispose();
  await opened?.parts.dispose();
});

runtimeConformance('the compose runtime on a Docker engine', async () => {
  const environment = declared('dev-localstack');
  const parts = await realParts(environment);
  const runtime = composeRuntime({
    ...parts.onMachine,
    containers: engine.containers(parts.host),
    credentialsEnv: async (_, role) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:9/${role}` }),
  });
  opened = { environment, parts, runtime, owner: conformanceOwner };
  return {
    runtime,
    cut: (behaviour) => fixtureRelease(join(parts.root, 'releases'), [environment], behaviour),
    deploy: parts.deploy,
    ...fixtureUse(parts.url),
    /** Somebody removes the containers of all versions by hand, some by force and some gently. */
    async disturb() {
      const [first, ...others] = await engine.names();
      if (first) await engine.docker('rm', '--force', first);
      if (others.length > 0) await engine.docker('stop', ...others);
    },
    /** Somebody builds an image and gives it the release's name and labels. */
    forge: (_target, release) => engine.forgeImage(release.digest, environment.name),
    dispose: async () => {},
  };
});

watchSaysNo(() => opened as WatchedEnvironment);
