import { type Engine, startEngine } from '@soundbite/engine';
import { type PromotionRequest, receivedError } from '@soundbite/model';
import { declaredHere, declaredReal, withGates } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import type { FromProcess, ToProcess } from './other-process.ts';

/**
 * An engine in a process of its own, as a control plane is. What its steps act on is the world of the process that started it, which it calls by
 * messages; arguments: the database's URL, the executor's name, the home that it belongs to (none: the database is its own), the names of environments
 * on real accounts, with commas, and the gates that environments have beside theirs, as JSON.
 */
const [databaseUrl = '', executor = '', home = '', real = '', gates = '{}'] = process.argv.slice(2);
const say = (message: FromProcess) => process.send?.(message);

const open = new Map<number, PromiseWithResolvers<unknown>>();
let last = 0;

function call(method: string, args: readonly unknown[]): Promise<unknown> {
  const answer = Promise.withResolvers<unknown>();
  open.set(++last, answer);
  say({ kind: 'call', id: last, method, args });
  return answer.promise;
}

/** A room of the other process's world: whatever is asked of it is asked there, but for what is given. */
const remote = <T>(room: string, given: Partial<T> = {}): T =>
  new Proxy(given, {
    get: (_, name) =>
      name in given ? Reflect.get(given, name) : (...args: unknown[]) => call(`${room}.${String(name)}`, args),
  }) as T;

const { ports } = fakeWorld(withGates(declaredReal(real.split(',')), JSON.parse(gates)));
const runtime = remote<ReturnType<typeof ports.runtime>>('runtime', {
  keepsVersions: false,
  isHere: declaredHere,
  looksEveryMs: () => 0,
});
const releases = remote<typeof ports.releases>('releases');
const infrastructure = remote<typeof ports.infrastructure>('infrastructure');
const started = Promise.withResolvers<Engine>();
// An engine that starts takes up what it finds, and asks for it; what is asked of it meanwhile waits.
process.on('message', async (message: ToProcess) => {
  if (message.kind === 'value') open.get(message.id)?.resolve(message.value);
  if (message.kind === 'error') open.get(message.id)?.reject(receivedError(message));
  if (message.kind === 'reconcile') void (await started.promise).reconcile(message.environment);
  if (message.kind === 'forget') {
    const why = { actor: executor, reason: 'the machine is gone' };
    const refused = await (await started.promise).forget(message.environment, message.home, why).then(
      () => null,
      (error: Error) => error.message,
    );
    say({ kind: 'forgotten', id: message.id, refused });
  }
  if (message.kind !== 'request') return;
  const { promotion } = await (await started.promise).request(message.request as PromotionRequest);
  say({ kind: 'requested', id: message.id, promotion });
});
const engine = await startEngine({
  databaseUrl,
  executor: home ? `${executor}-${home.slice(0, 8)}` : executor,
  ...(home ? { home: { id: home, host: executor } } : {}),
  ports: {
    ...ports,
    releases: { ...ports.releases, get: releases.get, verify: releases.verify },
    infrastructure,
    runtime: () => runtime,
    // The world's runtime is over there already.
    programs: {
      async collect({ kind, target, release, live = null, begun }) {
        const attempt = await begun?.();
        return call('programs.collect', [{ kind, target, release, live, attempt }]) as never;
      },
    },
    healthy: (environment, live) => call('ports.healthy', [environment, live]) as Promise<boolean>,
    differences: (environment, recorded) => call('ports.differences', [environment, recorded]) as never,
    emit: ({ code, message }) => say({ kind: 'event', code, message }),
  },
  lost(error) {
    say({ kind: 'event', code: 'lost', message: error.message });
    process.exit(1);
  },
});

started.resolve(engine);
process.once('disconnect', () => process.exit());
say({ kind: 'ready' });
