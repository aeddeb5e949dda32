import type { Findings, FindingView } from '@soundbite/client';
import { type Environment, environmentsOf, errorFor, toErrorDocument } from '@soundbite/model';
import { isStopped } from '@soundbite/processes';
import { awayFinding, awayHomes } from './away.ts';
import { validate } from './inspection.ts';
import { look } from './look.ts';
import { sharedStoreFinding } from './shared-finding.ts';
import { undeclared, undeclaredFinding } from './undeclared.ts';
import type { World } from './world/world.ts';

/**
 * What is wrong with the processes, accounts and stacks, of the environments named or of all; every hint is the next command. The machine itself is
 * looked at by the CLI.
 */
export async function doctor(world: World, names: readonly string[]): Promise<Findings> {
  const { environments: all } = world.declaration();
  const environments = names.length > 0 ? environmentsOf(all, names) : all;
  const findings: FindingView[] = await processes(world);
  const records = await look('records', () => recordsFinding(world));
  // Everything else depends on them.
  if (!records.ok) return { ok: false, findings: [...findings, records] };
  findings.push(records, ...(await stranded(world, environments)));
  const { sharedReleases: shared } = world;
  if (shared) findings.push(await look('release store', () => sharedStoreFinding(world, shared)));
  for (const { name } of environments) findings.push(...(await environmentFindings(world, name)));
  for (const environment of names.length > 0 ? [] : await undeclared(world))
    findings.push({ ...undeclaredFinding(environment), name: `${environment.name} declaration` });
  if (names.length === 0) findings.push(...(await awayHomes(world)).map(awayFinding));
  return { ok: findings.every(({ ok }) => ok), findings };
}

async function recordsFinding({ engine }: World) {
  await engine.database.answers();
  return { ok: true, detail: `installation ${engine.installation}` };
}

async function processes({ supervisor }: World): Promise<FindingView[]> {
  return (await supervisor.list()).map(({ name, pid, state, restarts, reason, log }) => {
    if (pid !== null && isStopped(pid))
      return { name: `process ${name}`, ok: false, detail: 'somebody stopped it (SIGSTOP)', hint: `kill -CONT ${pid}` };
    return {
      name: `process ${name}`,
      ok: state === 'healthy',
      detail:
        state === 'healthy'
          ? `healthy${restarts > 0 ? `, restarted ${restarts} times` : ''}`
          : `${state}: ${reason ?? 'no reason known'}`,
      hint: `tail -n 50 ${log}`,
    };
  });
}

/** Promotions that wait or run for longer than any should. */
async function stranded({ engine }: World, environments: readonly Environment[]): Promise<FindingView[]> {
  const old = (await engine.records.list({ limit: 50, unfinished: true })).filter(
    ({ createdAt, environment }) =>
      Date.now() - Date.parse(createdAt) > 60 * 60_000 && environments.some(({ name }) => name === environment),
  );
  return old.map(({ promotion, environment, state, reason }) => ({
    name: `promotion ${promotion}`,
    ok: false,
    detail: `${state} in ${environment} for more than an hour${reason ? `: ${reason}` : ''}`,
    hint: `soundbite abort ${promotion}`,
  }));
}

async function environmentFindings(world: World, name: string): Promise<FindingView[]> {
  try {
    return (await validate(world, name)).findings.map((finding) => ({ ...finding, name: `${name} ${finding.name}` }));
  } catch (error) {
    const { message, hint } = toErrorDocument(errorFor(name, error));
    return [{ name, ok: false, detail: message, hint }];
  }
}
